import { createServer } from 'node:http'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { listenAndTell, OK } from './announced.ts'

// What most people would write first: the body is parsed, and nothing is checked.

const app = new Koa()
app.use(bodyParser())
app.use((ctx) => {
  ctx.type = 'json'
  ctx.body = OK
})
listenAndTell(createServer(app.callback()))

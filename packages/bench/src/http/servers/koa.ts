import { createServer } from 'node:http'
import Koa from 'koa'
import { listenAndTell, OK } from './announced.ts'

// A bare Koa: the body is not read.

const app = new Koa()
app.use((ctx) => {
  ctx.type = 'json'
  ctx.body = OK
})
listenAndTell(createServer(app.callback()))

import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { OK, serve } from './listen.ts'

// What most people write first: the body is parsed, and nothing is checked.

const app = new Koa()
app.use(bodyParser())
app.use((ctx) => {
  ctx.type = 'json'
  ctx.body = OK
})
serve(app.callback())

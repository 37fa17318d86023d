import Koa from 'koa'
import { OK, serve } from './listen.ts'

// A bare Koa: the body is not read.

const app = new Koa()
app.use((ctx) => {
  ctx.type = 'json'
  ctx.body = OK
})
serve(app.callback())

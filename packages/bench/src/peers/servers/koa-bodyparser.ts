import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { OK, serve } from './listen.ts'

// Most people write this first: it parses the body and checks nothing.

const app = new Koa()
app.use(bodyParser())
app.use((ctx) => {
  ctx.type = 'json'
  ctx.body = OK
})
serve(app.callback())

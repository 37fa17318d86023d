import { handle } from '@callboard/core'
import { sqlite } from '@callboard/journal'
import { createCallboard } from '@callboard/koa'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { log } from '@callboard/sinks'
import Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import bodyParser from 'koa-bodyparser'

const { IM_APP = '1400000000', IM_TOKEN = 'change me', PORT = '3000' } = process.env

interface Group {
  readonly id: string
  readonly name: string
}

const isGroup = (value: unknown): value is Group =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  typeof value.id === 'string' &&
  'name' in value &&
  typeof value.name === 'string'

/** The groups that this app knows. A real app keeps them in its database. */
const groups = new Map<string, Group>()

/** The work of this app when a group is disbanded. If it throws, Callboard calls it again later. */
const forget = async (id: string): Promise<void> => {
  groups.delete(id)
  console.log(`group ${id} is forgotten`)
}

/** The app's own routes. */
const router = new Router()
  .get('/groups', (ctx) => {
    ctx.body = [...groups.values()]
  })
  .post('/groups', (ctx) => {
    const group = ctx.request.body
    if (!isGroup(group)) return ctx.throw(400, 'expected {"id": "...", "name": "..."}')
    groups.set(group.id, group)
    ctx.status = 201
    ctx.body = group
  })

/** Answers errors of the app's routes as JSON. */
const errorHandler: Middleware = async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500
    ctx.status = status
    ctx.body = { error: status < 500 && error instanceof Error ? error.message : 'internal server error' }
    if (status >= 500) console.error(error)
  }
}

// #region embed
const callboard = await createCallboard({
  apps: [{ sdkAppId: Number(IM_APP), tokens: [IM_TOKEN] }],
  plugins: [groupDestroyed],
  sinks: { log: log(), mine: handle(groupDestroyed, ({ body }) => forget(body.GroupId)) },
  routes: { '*': ['log', 'mine'] },
  journal: sqlite({ path: './data/callboard.db' }),
})

const app = new Koa()
app.use(errorHandler)
app.use(callboard.router('/callback').routes()) // before the body parser, so that Callboard's own limits hold
app.use(bodyParser())
app.use(router.routes())
// #endregion

// #region listen
callboard.on('dead', ({ sink, command, error }) => console.error(`delivery of ${command} to ${sink} failed permanently: ${error}`))
// #endregion

const server = app.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${JSON.stringify(server.address())}`))

// #region stop
const stop = async () => {
  server.close() // accepts no new connections and answers the requests in flight
  await callboard.stop()
}
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop)
// #endregion

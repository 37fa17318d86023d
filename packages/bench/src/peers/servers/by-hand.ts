import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import * as t from 'io-ts'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { OK, serve } from './listen.ts'
import { isGenuine } from './signature.ts'

// A good engineer writes this without a framework: koa, koa-bodyparser, the signature, an io-ts codec, an insert into SQLite per request,
// and a line in a file without a sync. The argument has the directory. SIGUSR2 turns the sync of SQLite on, which is off for the warm-up.

const GroupDestroyed = t.intersection([
  t.type({ GroupId: t.string, Type: t.string, Owner_Account: t.string, Name: t.string }),
  t.partial({ MemberList: t.array(t.type({ Member_Account: t.string })), EventTime: t.union([t.number, t.string]) }),
])

const { dir } = JSON.parse(process.argv[2] ?? '{}')
const db = new Database(join(dir, 'callbacks.db'))
db.pragma('journal_mode = WAL')
db.pragma('synchronous = OFF')
process.on('SIGUSR2', () => db.pragma('synchronous = FULL'))
db.exec('CREATE TABLE callback (id INTEGER PRIMARY KEY, command TEXT, key TEXT, body TEXT, UNIQUE (command, body))')
const insert = db.prepare('INSERT OR IGNORE INTO callback (command, key, body) VALUES (?, ?, ?)')

const app = new Koa()
app.use(async (ctx, next) => {
  if (isGenuine(new URLSearchParams(ctx.querystring))) await next()
  else ctx.throw(403)
})
app.use(bodyParser())
app.use(async (ctx) => {
  const decoded = GroupDestroyed.decode(ctx.request.body)
  if (decoded._tag === 'Left') return ctx.throw(400)
  const { changes } = insert.run(ctx.query.CallbackCommand, decoded.right.GroupId, ctx.request.rawBody)
  if (changes > 0) await appendFile(join(dir, 'callbacks.jsonl'), `${JSON.stringify(decoded.right)}\n`)
  ctx.type = 'json'
  ctx.body = OK
})
serve(app.callback())

import { Queue } from 'bullmq'
import Fastify from 'fastify'
import { OK, serve } from './listen.ts'
import { schema } from './schema.ts'

// fastify with a JSON schema, and a BullMQ queue that nobody empties. The argument has the port of Redis.

const { port } = JSON.parse(process.argv[2] ?? '{}')
const queue = new Queue('callbacks', { connection: { host: '127.0.0.1', port } })
const app = Fastify()
app.post('/callback', { schema }, async (request, reply) => {
  await queue.add('callback', request.body)
  return reply.type('application/json; charset=utf-8').send(OK)
})
await app.ready()
serve(app.routing)

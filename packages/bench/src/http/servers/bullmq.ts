import { Queue } from 'bullmq'
import Fastify from 'fastify'
import { listenAndTell, OK } from './announced.ts'
import { schema } from './schema.ts'

// fastify with a schema, and the body in a BullMQ queue before the answer. The argument names the port of Redis.

const { port } = JSON.parse(process.argv[2] ?? '{}')
const queue = new Queue('callbacks', { connection: { host: '127.0.0.1', port } })
const app = Fastify()
app.post('/callback', { schema }, async (request, reply) => {
  await queue.add('callback', request.body)
  return reply.type('application/json; charset=utf-8').send(OK)
})
await app.ready()
listenAndTell(app.server)

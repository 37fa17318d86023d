import { Queue } from 'bullmq'
import Fastify from 'fastify'
import { OK, serve } from './listen.ts'
import { schema } from './schema.ts'
import { isGenuine } from './signature.ts'

// The front of a queue as a good engineer writes it: fastify, the signature, a JSON schema, BullMQ. bullmq-worker.ts empties the queue.
// The argument has the port of Redis.

const { port } = JSON.parse(process.argv[2] ?? '{}')
const queue = new Queue('callbacks', { connection: { host: '127.0.0.1', port }, defaultJobOptions: { removeOnComplete: true } })
const app = Fastify()
app.addHook('onRequest', async (request, reply) => {
  if (isGenuine(new URLSearchParams(request.url.slice(request.url.indexOf('?') + 1)))) return
  await reply.code(403).send({ ActionStatus: 'FAIL', ErrorInfo: 'forbidden', ErrorCode: 403 })
})
app.post('/callback', { schema }, async (request, reply) => {
  await queue.add('callback', request.body)
  return reply.type('application/json; charset=utf-8').send(OK)
})
await app.ready()
serve(app.routing)

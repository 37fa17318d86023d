import Fastify from 'fastify'
import { listenAndTell, OK } from './announced.ts'
import { schema } from './schema.ts'

// fastify, the body checked against a JSON schema.

const app = Fastify()
app.post('/callback', { schema }, (_, reply) => reply.type('application/json; charset=utf-8').send(OK))
await app.ready()
listenAndTell(app.server)

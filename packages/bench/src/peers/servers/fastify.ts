import Fastify from 'fastify'
import { OK, serve } from './listen.ts'
import { schema } from './schema.ts'

// fastify: the body is checked against a JSON schema.

const app = Fastify()
app.post('/callback', { schema }, (_, reply) => reply.type('application/json; charset=utf-8').send(OK))
await app.ready()
serve(app.routing)

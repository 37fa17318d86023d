import { createServer } from 'node:http'
import { Webhooks } from '@octokit/webhooks'
import { listenAndTell, OK } from './announced.ts'

// A dispatcher of the same kind: the HMAC of the body is checked, the body parsed, and a handler of its event run. Nothing is kept.
// Its own middleware answers something else than OK, so that the body is read here, as it would do. The argument names the secret.

const { secret } = JSON.parse(process.argv[2] ?? '{}')
const webhooks = new Webhooks({ secret })
webhooks.on('push', () => {})

listenAndTell(
  createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', async () => {
      const signature = String(req.headers['x-hub-signature-256'])
      const payload = Buffer.concat(chunks).toString()
      const status = await webhooks.verifyAndReceive({ id: 'bench', name: 'push', payload, signature }).then(
        () => 200,
        () => 400,
      )
      res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': OK.length })
      res.end(OK)
    })
  }),
)

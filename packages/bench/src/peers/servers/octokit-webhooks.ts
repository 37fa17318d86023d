import { Webhooks } from '@octokit/webhooks'
import { OK, serve } from './listen.ts'

// A dispatcher for another vendor: it checks the HMAC of the body, parses the body, and runs the handler of the event. It stores nothing.
// Its own middleware does not answer OK, so this file reads the body as the middleware does. The argument has the secret.

const { secret } = JSON.parse(process.argv[2] ?? '{}')
const webhooks = new Webhooks({ secret })
webhooks.on('push', () => {})

serve((req, res) => {
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
})

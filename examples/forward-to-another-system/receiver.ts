import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'

const { CRM_SECRET = '', CRM_PORT = '3000' } = process.env

const webhook = new Webhook(CRM_SECRET)
const seen = new Set<unknown>() // a real receiver uses a table; an event may be delivered twice, always with the same id

const server = createServer(async (request, response) => {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers
  const body = await text(request)
  try {
    webhook.verify(body, { 'webhook-id': `${id}`, 'webhook-timestamp': `${timestamp}`, 'webhook-signature': `${signature}` })
  } catch {
    return response.writeHead(401).end()
  }
  if (!seen.has(id)) console.log(`verified: ${body}`)
  seen.add(id)
  response.writeHead(204).end()
})

server.listen(Number(CRM_PORT), '127.0.0.1', () => console.log(`listening on ${JSON.stringify(server.address())}`))

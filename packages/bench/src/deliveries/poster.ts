import { Agent, request } from 'undici'

// The minimum that posts webhooks: one undici request after the other on each connection.

const { url, body, count, concurrency }: { url: string; body: string; count: number; concurrency: number } = JSON.parse(
  process.argv[2] ?? '{}',
)
const dispatcher = new Agent({ connections: concurrency })
let left = count
const post = async () => {
  while (left > 0) {
    left -= 1
    const { statusCode, body: answer } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      dispatcher,
    })
    await answer.dump()
    if (statusCode !== 204) throw new Error(`answered ${statusCode}`)
  }
}
await Promise.all(Array.from({ length: concurrency }, post))
await dispatcher.close()

import { createServer } from 'node:http'

// The receiver of the webhooks. It accepts everything, and prints the rate after `count` requests.

const { count, skip }: { count: number; skip: number } = JSON.parse(process.argv[2] ?? '{}')
let got = 0
let from = 0
const server = createServer((req, res) => {
  req.resume()
  req.on('end', () => {
    res.writeHead(204).end()
    got += 1
    // The sender warms up during the first requests.
    if (got === skip) from = performance.now()
    if (got === count) {
      process.stdout.write(`rate: ${((count - skip) / (performance.now() - from)) * 1_000}\n`)
      got = 0
    }
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') process.stdout.write(`listening: http://127.0.0.1:${address?.port}/hook\n`)
})
process.on('SIGTERM', () => process.exit(0))

import { OK, serve } from './listen.ts'

// The minimum that reads a callback: node:http, its body, JSON.parse.

serve((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString())
    res.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': OK.length })
    res.end(OK)
  })
})

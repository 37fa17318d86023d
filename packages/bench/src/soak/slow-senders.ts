import { connect, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

// A thread of its own: what a thousand sockets cost here must not be taken for what they cost the server.

const A_BYTE_EACH = 5_000

/** What the thread is started with. */
export interface SlowSenders {
  readonly to: string
  readonly sockets: number
}

// What soakEdge starts it with, and nobody else does.
const { to, sockets: count } = workerData as SlowSenders
const { hostname, port } = new URL(to)
const sockets = new Set<Socket>()
let longest = 0
let over = false

const open = () => {
  if (over) return
  const from = performance.now()
  const socket = connect(Number(port), hostname)
  sockets.add(socket)
  const dripping = setInterval(() => socket.write('P'), A_BYTE_EACH)
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(dripping)
    sockets.delete(socket)
    if (over) return
    longest = Math.max(longest, performance.now() - from)
    open()
  })
  // The answer must be read for the end to be seen.
  socket.resume()
  socket.write('P')
}
// One after the other, as they would come: all at once they would be cut off at once, again and again.
for (let n = 0; n < count; n += 1) setTimeout(open, (n / count) * A_BYTE_EACH)

parentPort?.once('message', () => {
  over = true
  for (const socket of sockets) socket.destroy()
  parentPort?.postMessage(longest)
})

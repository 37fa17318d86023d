import { connect, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

// A thread, so that the cost of a thousand sockets here is not counted as a cost of the server.

const BYTE_INTERVAL_MS = 5_000

/** The data of the worker thread. */
export interface SlowSenders {
  readonly to: string
  readonly sockets: number
}

// Only soakEdge starts this thread.
const { to, sockets: count } = workerData as SlowSenders
const { hostname, port } = new URL(to)
const sockets = new Set<Socket>()
let longest = 0
let isOver = false

const open = () => {
  if (isOver) return
  const from = performance.now()
  const socket = connect(Number(port), hostname)
  sockets.add(socket)
  const timer = setInterval(() => socket.write('P'), BYTE_INTERVAL_MS)
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(timer)
    sockets.delete(socket)
    if (isOver) return
    longest = Math.max(longest, performance.now() - from)
    open()
  })
  // A socket that is not read does not see its end.
  socket.resume()
  socket.write('P')
}
// They connect one after the other. Otherwise the server would close all of them at the same time.
for (let n = 0; n < count; n += 1) setTimeout(open, (n / count) * BYTE_INTERVAL_MS)

parentPort?.once('message', () => {
  isOver = true
  for (const socket of sockets) socket.destroy()
  parentPort?.postMessage(longest)
})

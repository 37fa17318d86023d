import type { Duplex } from 'node:stream'
import { createLoopClock } from './loop-clock.ts'

/** How far the requests of a connection have arrived. */
export interface Progress {
  /** The number of requests whose heads have arrived. */
  readonly heads: number
  /** Whether a part of the last one's body is missing. */
  readonly lacksBody: boolean
}

/** Decides which of the requests that Node calls too slow are slow indeed. */
export interface SlowSenders {
  /** Takes a report of Node about the request that is arriving. A repeated report changes nothing. */
  readonly report: (socket: Duplex) => void
  readonly stop: () => void
}

interface SlowSendersOptions {
  readonly intervalMs: number
  /** The time limit for the head of a request. */
  readonly headersMs: number
  /** The time limit for a whole request. */
  readonly requestMs: number
  readonly progressOf: (socket: Duplex) => Progress
  /** Is called when a sender had its whole time, and its request has still not arrived. */
  readonly onSlow: (socket: Duplex) => void
}

/**
 * Creates the check. Node measures the time of a request by the clock on the wall, before it reads what has arrived meanwhile. After a
 * blocked event loop or a stopped process it would end connections whose bytes lie in the kernel. So a reported sender gets one more
 * interval, and the time that the event loop missed during its request.
 */
export const createSlowSenders = ({ intervalMs, headersMs, requestMs, progressOf, onSlow }: SlowSendersOptions): SlowSenders => {
  const clock = createLoopClock(intervalMs, requestMs)
  const latestReports = new WeakMap<Duplex, Progress>()

  /** Runs the task when the event loop has worked for so long, and has then read once more. */
  const after = (ms: number, task: () => void) => {
    const until = clock.now() + ms
    const wait = () => {
      const left = until - clock.now()
      if (left > 0) setTimeout(wait, left).unref()
      else setImmediate(task)
    }
    wait()
  }
  const condemn = (socket: Duplex) => {
    if (!socket.destroyed) onSlow(socket)
  }
  const checkBody = (socket: Duplex, head: number) => {
    const { heads, lacksBody } = progressOf(socket)
    if (heads === head && lacksBody) condemn(socket)
  }

  return {
    report: (socket) => {
      const reported = progressOf(socket)
      const before = latestReports.get(socket)
      if (before?.heads === reported.heads && before.lacksBody === reported.lacksBody) return
      latestReports.set(socket, reported)
      after(intervalMs + clock.missedWithin(requestMs), () => {
        const { heads, lacksBody } = progressOf(socket)
        if (reported.lacksBody) checkBody(socket, reported.heads)
        else if (heads === reported.heads) condemn(socket)
        // Node does not report the body of a request whose head it has reported.
        else if (heads === reported.heads + 1 && lacksBody) after(requestMs - headersMs, () => checkBody(socket, heads))
      })
    },
    stop: clock.stop,
  }
}

import { type Connection, openConnection } from './connection.ts'
import type { OpenLoop } from './load.ts'

/** How long the arrivals of the end may take until they are answered. */
const GRACE_MS = 2_000
const SEED = 0x9e3779b9

/** Returns a generator of numbers from 0 to 1 (mulberry32). The same numbers in every run, so that all servers see the same arrivals. */
const randomNumbers = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Returns the arrivals of a Poisson process, in milliseconds from its start. */
export const poissonArrivals = (perSecond: number, seconds: number): readonly number[] => {
  const random = randomNumbers(SEED)
  const arrivals: number[] = []
  for (let at = 0; ; ) {
    at += (-Math.log(1 - random()) * 1_000) / perSecond
    if (at >= seconds * 1_000) return arrivals
    arrivals.push(at)
  }
}

/**
 * Runs an open loop. Resolves with the number of arrivals without an answer. `record` receives the milliseconds of each answer.
 * A timer of 1 ms releases the arrivals. The latency begins at the release, so that the timer is no part of it.
 */
export const runOpenLoop = async (url: URL, load: OpenLoop, next: () => string, record: (ms: number) => void): Promise<number> => {
  const arrivals = poissonArrivals(load.perSecond, load.seconds)
  const idle: Connection[] = []
  const waiting: number[] = []
  const sentAt = new Map<Connection, number>()
  const connections: Connection[] = []
  let [released, answered] = [0, 0]
  let end: () => void = () => {}
  let fail: (error: Error) => void = () => {}

  const sendWaiting = () => {
    while (waiting.length > 0) {
      const connection = idle.pop()
      if (!connection) return
      sentAt.set(connection, waiting.shift() ?? Number.NaN)
      connection.send(next())
    }
  }
  const onAnswer = (connection: Connection) => {
    record(performance.now() - (sentAt.get(connection) ?? Number.NaN))
    answered += 1
    idle.push(connection)
    sendWaiting()
    if (answered === arrivals.length) end()
  }
  await new Promise<void>((resolve, reject) => {
    const onConnect = (connection: Connection) => {
      connections.push(connection)
      idle.push(connection)
      if (connections.length === load.connections) resolve()
    }
    fail = reject
    for (let n = 0; n < load.connections; n += 1) openConnection(url, onConnect, onAnswer, (error) => fail(error))
  })
  const beganAt = performance.now()
  const release = () => {
    const now = performance.now()
    for (; released < arrivals.length && beganAt + (arrivals[released] ?? 0) <= now; released += 1) waiting.push(now)
    sendWaiting()
  }
  const timer = setInterval(release, 1)
  try {
    await new Promise<void>((resolve, reject) => {
      ;[end, fail] = [resolve, reject]
      setTimeout(resolve, load.seconds * 1_000 + GRACE_MS)
    })
  } finally {
    clearInterval(timer)
    for (const connection of connections) connection.close()
  }
  return arrivals.length - answered
}

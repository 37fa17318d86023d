import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type Program, startProgram } from '../process/program.ts'
import { createSoakDirectory, sendCallbacks } from './callbacks.ts'
import { check } from './check.ts'
import { type Answered, p99Of } from './send-at-rate.ts'
import type { SlowSenders } from './slow-senders.ts'

const SLOW_SOCKETS = 1_000
const CONNECT_WAIT_MS = 8_000
const CLOSE_WAIT_MS = 3_000
const MAX_OPEN_MS = 10_000
const MAX_P99_RATIO = 1.5
const SECONDS = 5

/** Opens connections that send HTTP headers byte by byte. `end` resolves with the longest time that the server kept one open, in milliseconds. */
const openSlowSenders = async (to: string) => {
  const thread = new Worker(new URL('./slow-senders.js', import.meta.url), {
    workerData: { to, sockets: SLOW_SOCKETS } satisfies SlowSenders,
  })
  // Until all are connected, and the server has closed the first ones once.
  await pause(CONNECT_WAIT_MS)
  return {
    end: async () => {
      const longest = new Promise<number>((resolve) => thread.once('message', resolve))
      thread.postMessage('end')
      // The end of a thousand connections must not disturb the next measurement.
      await pause(CLOSE_WAIT_MS)
      return longest
    },
  }
}

const soakSlowSenders = async (program: Program, rounds: number, rate: number) => {
  const load = () => sendCallbacks(program, rate, SECONDS)
  await load()
  const alone: Answered[] = []
  const beside: Answered[] = []
  let longest = 0
  for (let round = 0; round < rounds; round += 1) {
    const before = await load()
    const senders = await openSlowSenders(program.callbackUrl)
    const during = await load()
    longest = Math.max(longest, await senders.end())
    alone.push(...before)
    beside.push(...during)
    console.log(
      `round ${round + 1}: p99 ${p99Of(before).toFixed(1)} ms alone, ${p99Of(during).toFixed(1)} ms beside ${SLOW_SOCKETS} slow senders`,
    )
  }
  // All rounds together, because a few answers decide the p99 of one round.
  const ratio = p99Of(beside) / p99Of(alone)
  const figures = `${ratio.toFixed(2)} (${p99Of(beside).toFixed(1)} ms, ${p99Of(alone).toFixed(1)} ms)`
  check('p99 beside slow senders is at most 1.5 times the p99 alone', figures, ratio <= MAX_P99_RATIO)
  check('the server closes a slow connection within 10 s', `${(longest / 1_000).toFixed(1)} s`, longest > 0 && longest <= MAX_OPEN_MS)
}

/** The journal blocks for 3 s at each of its first batches. */
const BLOCKED_BATCHES = 5
const BLOCK_MS = 3_000

const soakOverload = async (rate: number) => {
  const { dir, remove } = await createSoakDirectory('limits: { queue: 64KiB }\n')
  const failpoints = Array.from({ length: BLOCKED_BATCHES }, (_, n) => `append:before-commit:${n + 1}=sleep`).join(',')
  const program = await startProgram(dir, { env: { CALLBOARD_FAILPOINT: failpoints } })
  try {
    const seconds = (BLOCKED_BATCHES * BLOCK_MS) / 1_000 + 10
    const answers = await sendCallbacks(program, rate, seconds, 1_000)
    const shed = answers.filter(({ status }) => status === 503)
    const others = answers.filter(({ status }) => status !== 503 && status !== 200)
    const late = answers.slice(-rate * 5)
    check(
      'excess callbacks are answered 503, and all others 200',
      `${shed.length} of ${answers.length}`,
      shed.length > 0 && others.length === 0,
    )
    const recovered = late.filter(({ ok }) => ok).length
    check('5 s after the overload all callbacks are answered OK again', `${recovered} of ${late.length}`, recovered === late.length)
    const { now } = program.memory()
    check('memory stays below 300 MB', `${Math.round(now / 2 ** 20)} MB`, now < 300 * 2 ** 20)
  } finally {
    await program.stop()
    await remove()
  }
}

/** Sends callbacks beside a thousand slow senders, and then more callbacks than the journal can store. */
export const soakEdge = async ({ rounds, rate }: { readonly rounds: number; readonly rate: number }): Promise<void> => {
  const { dir, remove } = await createSoakDirectory()
  const program = await startProgram(dir)
  try {
    await soakSlowSenders(program, rounds, rate)
  } finally {
    await program.stop()
    await remove()
  }
  await soakOverload(rate)
}

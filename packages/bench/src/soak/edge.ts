import { setTimeout as passed } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type Answered, p99Of } from '../load.ts'
import { type Program, startProgram } from '../program.ts'
import { loadOn, place } from './place.ts'
import type { SlowSenders } from './slow-senders.ts'
import { verdict } from './verdict.ts'

const SLOW_SOCKETS = 1_000
const SETTLED = 8_000
const GONE = 3_000
const MOST_MS_OPEN = 10_000
const MOST_TIMES_SLOWER = 1.5
const SECONDS = 5

/** Keeps so many connections open that send a head byte by byte; `end` gives for how long the server bore with one, in milliseconds. */
const slowSenders = async (to: string) => {
  const thread = new Worker(new URL('./slow-senders.js', import.meta.url), {
    workerData: { to, sockets: SLOW_SOCKETS } satisfies SlowSenders,
  })
  // Until all have come, and the first were cut off and came again.
  await passed(SETTLED)
  return {
    end: async () => {
      const longest = new Promise<number>((resolve) => thread.once('message', resolve))
      thread.postMessage('end')
      // That a thousand connections end at once is no part of what is measured next.
      await passed(GONE)
      return longest
    },
  }
}

const slow = async (program: Program, rounds: number, rate: number) => {
  const load = () => loadOn(program, rate, SECONDS)
  await load()
  const alone: Answered[] = []
  const beside: Answered[] = []
  let longest = 0
  for (let round = 0; round < rounds; round += 1) {
    const before = await load()
    const senders = await slowSenders(program.callbackUrl)
    const during = await load()
    longest = Math.max(longest, await senders.end())
    alone.push(...before)
    beside.push(...during)
    console.log(
      `round ${round + 1}: p99 ${p99Of(before).toFixed(1)} ms alone, ${p99Of(during).toFixed(1)} ms beside ${SLOW_SOCKETS} slow senders`,
    )
  }
  // Of all rounds together: in one of them, a handful of answers would decide.
  const ratio = p99Of(beside) / p99Of(alone)
  const figures = `${ratio.toFixed(2)} (${p99Of(beside).toFixed(1)} ms, ${p99Of(alone).toFixed(1)} ms)`
  verdict('p99 beside slow senders at most 1.5 times that alone', figures, ratio <= MOST_TIMES_SLOWER)
  verdict('a slow sender is cut off within 10 s', `${(longest / 1_000).toFixed(1)} s`, longest > 0 && longest <= MOST_MS_OPEN)
}

/** The journal stands still for 3 s at each of its first batches; then it is well again. */
const STUMBLES = 5
const STUMBLE_MS = 3_000

const overload = async (rate: number) => {
  const { dir, remove } = await place('limits: { queue: 64KiB }\n')
  const failpoints = Array.from({ length: STUMBLES }, (_, n) => `append:before-commit:${n + 1}=sleep`).join(',')
  const program = await startProgram(dir, { CALLBOARD_FAILPOINT: failpoints })
  try {
    const seconds = (STUMBLES * STUMBLE_MS) / 1_000 + 10
    const answers = await loadOn(program, rate, seconds, 1_000)
    const shed = answers.filter(({ status }) => status === 503)
    const others = answers.filter(({ status }) => status !== 503 && status !== 200)
    const late = answers.slice(-rate * 5)
    verdict(
      'what is too much is answered 503, and nothing else',
      `${shed.length} of ${answers.length}`,
      shed.length > 0 && others.length === 0,
    )
    const recovered = late.filter(({ ok }) => ok).length
    verdict('5 s after the overload all is answered OK again', `${recovered} of ${late.length}`, recovered === late.length)
    const { now } = program.memory()
    verdict('memory stays below 300 MB', `${Math.round(now / 2 ** 20)} MB`, now < 300 * 2 ** 20)
  } finally {
    await program.stop()
    await remove()
  }
}

/** A thousand slow senders, and more than the journal can take. */
export const soakEdge = async ({ rounds, rate }: { readonly rounds: number; readonly rate: number }): Promise<void> => {
  const { dir, remove } = await place()
  const program = await startProgram(dir)
  try {
    await slow(program, rounds, rate)
  } finally {
    await program.stop()
    await remove()
  }
  await overload(rate)
}

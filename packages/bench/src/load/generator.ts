import { percentile } from '../report/figures.ts'
import { runClosedLoop } from './closed-loop.ts'
import type { GeneratorInput, LoadResult } from './load.ts'
import { runOpenLoop } from './open-loop.ts'
import { requestsOf } from './requests.ts'

// The load generator, a process of its own. Its argument is a GeneratorInput as JSON, and it prints a LoadResult as JSON.
// General load generators do not fit: no two bodies may be equal, and a client that builds each request anew is slower than the servers.

const DEFAULT_SILENCE_SECONDS = 10
const CHECK_INTERVAL_MS = 100

/** Rejects if `answers` does not grow for so many seconds while `run` runs. */
const failOnSilence = async <T>(seconds: number, answers: readonly number[], run: Promise<T>): Promise<T> => {
  let [count, lastAt] = [0, performance.now()]
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      if (answers.length > count) [count, lastAt] = [answers.length, performance.now()]
      else if (performance.now() - lastAt > seconds * 1_000) reject(new Error(`no answer for ${seconds} s`))
    }, CHECK_INTERVAL_MS)
  })
  try {
    return await Promise.race([run, silence])
  } finally {
    clearInterval(timer)
  }
}

const generate = async (input: GeneratorInput): Promise<LoadResult> => {
  const url = new URL(input.to)
  const next = requestsOf(input)
  const times: number[] = []
  const record = (ms: number) => times.push(ms)
  const beganAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const run = input.loop === 'open' ? runOpenLoop(url, input, next, record) : runClosedLoop(url, input, next, record).then(() => 0)
  const unanswered = await failOnSilence(input.silenceSeconds ?? DEFAULT_SILENCE_SECONDS, times, run)
  const ms = performance.now() - beganAt
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    answered: times.length,
    unanswered,
    perSecond: (times.length / ms) * 1_000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    generator: (user + system) / 1_000 / ms,
  }
}

try {
  process.stdout.write(JSON.stringify(await generate(JSON.parse(process.argv[2] ?? '{}'))))
  // In an open loop a server that is too slow still answers.
  process.exit(0)
} catch (error) {
  process.stderr.write(`load generator: ${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}

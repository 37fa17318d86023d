import { Agent, request } from 'node:http'
import { callbackUrl } from '@callboard/testing'

/** What is sent, and how fast. */
export interface Load {
  readonly to: string
  readonly app: number
  readonly token: string
  readonly command: string
  /** The body of the n-th callback. */
  readonly body: (n: number) => string
  readonly count: number
  /** Callbacks a second, whether the earlier ones were answered or not. */
  readonly rate: number
  readonly connections: number
}

/** What became of one callback. */
export interface Answered {
  readonly status: number
  /** Was it the plain OK? */
  readonly ok: boolean
  /** Milliseconds from the moment when it was due to its answer. */
  readonly ms: number
}

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

/** Sends callbacks at a steady rate, and gives what became of each, in the order in which they were due. */
export const send = async ({ to, app, token, command, body, count, rate, connections }: Load): Promise<readonly Answered[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const begin = performance.now()
  const one = (n: number, due: number) =>
    new Promise<Answered>((resolve, reject) => {
      const options = { method: 'POST', agent, headers: { 'content-type': 'application/json' } }
      const sent = request(callbackUrl({ to, app, token, command }), options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, ok: text === OK, ms: performance.now() - due }))
      })
      sent.on('error', reject)
      sent.end(body(n))
    })
  const answers: Promise<Answered>[] = []
  for (let n = 0; n < count; n += 1) {
    const due = begin + (n * 1_000) / rate
    const early = due - performance.now()
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early))
    answers.push(one(n, due))
  }
  try {
    return await Promise.all(answers)
  } finally {
    agent.destroy()
  }
}

/** The value that the share `p` (0 to 1) of all stays below. */
export const percentile = (values: readonly number[], p: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? Number.NaN

/** The p99 of answers of which each must be OK. */
export const p99Of = (answers: readonly Answered[]): number => {
  const wrong = answers.filter(({ ok }) => !ok).length
  if (wrong > 0) throw new Error(`${wrong} of ${answers.length} were not answered OK`)
  return percentile(
    answers.map(({ ms }) => ms),
    0.99,
  )
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

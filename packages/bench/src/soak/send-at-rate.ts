import { Agent, request } from 'node:http'
import { callbackUrl } from '@callboard/testing'
import { percentile } from '../report/figures.ts'

/** Callbacks at a steady rate. */
export interface SteadyLoad {
  readonly to: string
  readonly app: number
  readonly token: string
  readonly command: string
  /** The body of the n-th callback. */
  readonly body: (n: number) => string
  readonly count: number
  /** Callbacks per second, whether the earlier ones are answered or not. */
  readonly rate: number
  readonly connections: number
}

/** The answer to one callback. */
export interface Answered {
  readonly status: number
  /** Whether it is the plain OK. */
  readonly ok: boolean
  /** Milliseconds from the time when the callback was due until its answer. */
  readonly ms: number
}

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

/** Sends callbacks at a steady rate. Returns their answers in the order in which they were due. */
export const sendAtRate = async ({ to, app, token, command, body, count, rate, connections }: SteadyLoad): Promise<readonly Answered[]> => {
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

/** Returns the p99 in milliseconds. Throws if an answer is not OK. */
export const p99Of = (answers: readonly Answered[]): number => {
  const wrong = answers.filter(({ ok }) => !ok).length
  if (wrong > 0) throw new Error(`${wrong} of ${answers.length} were not answered OK`)
  return percentile(
    answers.map(({ ms }) => ms),
    0.99,
  )
}

import { inspect } from 'node:util'
import { type SinkWriter, silentLog } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { webhook } from '@callboard/sinks'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'
import { type Receiver, receiver } from '../receiver.ts'

export const KEY = Buffer.alloc(32, 'canary').toString('base64')
export const SECRET = `whsec_${KEY}`
export const OTHER = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
export const LOOPBACK = ['127.0.0.0/8']
const wholeSecond = (): number => Math.floor(Date.now() / 1_000) * 1_000
/** When the sink that was opened last makes its attempts: of that test, for what is 5 minutes old no receiver takes for genuine. */
export let moment = wholeSecond()
/** Stands in the query of a URL that is posted to; nobody may read it in an error. */
export const TOKEN = 'token-in-the-query'

export const event = eventOf(groupDestroyed)
export const payload = { GroupId: '@TGS#1', 群: '名' }
export const delivery = { event, payload, sink: 'crm', attempt: 1 }

/** A signal that never aborts. */
export const live = (): AbortSignal => new AbortController().signal

/** Runs with a sink that is closed afterwards. */
export const opened = async (options: Parameters<typeof webhook>[0], work: (open: SinkWriter) => Promise<void>, concurrency = 1) => {
  moment = wholeSecond()
  const open = await webhook(options).open({ name: 'crm', log: silentLog, now: () => moment, concurrency })
  try {
    await work(open)
  } finally {
    await open.close?.()
  }
}

/** Runs with a sink that posts to this receiver, which is closed afterwards. */
export const postingTo = async <To extends Omit<Receiver, 'received'>>(
  to: To,
  work: (open: SinkWriter, to: To) => Promise<void>,
  options: Partial<Parameters<typeof webhook>[0]> = {},
  concurrency = 1,
) => {
  try {
    await opened({ secret: SECRET, allow: LOOPBACK, ...options, url: options.url ?? to.url }, (open) => work(open, to), concurrency)
  } finally {
    await to.close()
  }
}

/** A receiver with this answer, and a sink that posts to it. */
export const posting = async (
  answer: Parameters<typeof receiver>[0],
  work: (open: SinkWriter, to: Receiver) => Promise<void>,
  options: Partial<Parameters<typeof webhook>[0]> = {},
  concurrency = 1,
) => postingTo(await receiver(answer), work, options, concurrency)

/** The error of a write, which tells no secret anywhere in it. */
export const failure = async (work: unknown): Promise<Error> => {
  try {
    await work
  } catch (error) {
    expect(inspect(error, { depth: 10 }))
      .to.not.contain(KEY)
      .and.not.contain(TOKEN)
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

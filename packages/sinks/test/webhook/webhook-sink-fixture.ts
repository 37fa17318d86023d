import { inspect } from 'node:util'
import { type SinkWriter, silentLog } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { webhook } from '@callboard/sinks'
import { eventOf } from '@callboard/testing'
import { expect } from 'chai'
import { startReceiver, type TestReceiver, type TestServer } from '../test-receiver.ts'

export const KEY = Buffer.alloc(32, 'canary').toString('base64')
export const SECRET = `whsec_${KEY}`
export const OTHER_SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
export const LOOPBACK = ['127.0.0.0/8']
const currentWholeSecond = (): number => Math.floor(Date.now() / 1_000) * 1_000
/**
 * The time of each attempt by the sink that a test opened last, in milliseconds. Each opened sink sets it to the current time, because
 * a Standard Webhooks receiver rejects a timestamp that is older than 5 minutes.
 */
export let attemptTime = currentWholeSecond()
/** A token in the query of a receiver URL. No error may contain it. */
export const TOKEN = 'token-in-the-query'

export const event = eventOf(groupDestroyed)
export const payload = { GroupId: '@TGS#1', 群: '名' }
export const delivery = { event, payload, sink: 'crm', attempt: 1 }

/** Returns a signal that never aborts. */
export const neverAborted = (): AbortSignal => new AbortController().signal

/** Opens a webhook sink, calls `work` with its writer and closes the writer afterwards. */
export const withWebhookSink = async (
  options: Parameters<typeof webhook>[0],
  work: (writer: SinkWriter) => Promise<void>,
  concurrency = 1,
) => {
  attemptTime = currentWholeSecond()
  const writer = await webhook(options).open({ name: 'crm', log: silentLog, now: () => attemptTime, concurrency })
  try {
    await work(writer)
  } finally {
    await writer.close?.()
  }
}

/** Opens a webhook sink that posts to `server` and calls `work` with both. Closes both afterwards. */
export const withSinkForServer = async <Server extends TestServer>(
  server: Server,
  work: (writer: SinkWriter, server: Server) => Promise<void>,
  options: Partial<Parameters<typeof webhook>[0]> = {},
  concurrency = 1,
) => {
  try {
    const sinkOptions = { secret: SECRET, allow: LOOPBACK, ...options, url: options.url ?? server.url }
    await withWebhookSink(sinkOptions, (writer) => work(writer, server), concurrency)
  } finally {
    await server.close()
  }
}

/** Starts a receiver that responds with `respond` and opens a webhook sink that posts to it. Closes both after `work`. */
export const withSinkAndReceiver = async (
  respond: Parameters<typeof startReceiver>[0],
  work: (writer: SinkWriter, receiver: TestReceiver) => Promise<void>,
  options: Partial<Parameters<typeof webhook>[0]> = {},
  concurrency = 1,
) => withSinkForServer(await startReceiver(respond), work, options, concurrency)

/** Returns the error that a write rejects with. Throws if the write succeeds, or if the error contains a secret. */
export const writeErrorOf = async (write: unknown): Promise<Error> => {
  try {
    await write
  } catch (error) {
    expect(inspect(error, { depth: 10 }))
      .to.not.contain(KEY)
      .and.not.contain(TOKEN)
    if (error instanceof Error) return error
  }
  throw new Error('the write did not reject with an error')
}

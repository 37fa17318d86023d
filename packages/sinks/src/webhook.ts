import { type Delivery, defineSink, type Json } from '@callboard/core'
import { Agent, type Dispatcher, request } from 'undici'
import { unlessAborted } from './attempt/unless-aborted.ts'
import { guardedConnector } from './webhook/guard.ts'
import { webhookOptions } from './webhook/options.ts'
import { failureOf, refusalOf } from './webhook/outcome.ts'
import { keyOf, signatureHeaders } from './webhook/signature.ts'

export { refusedTarget } from './webhook/guard.ts'

/** So much of an answer is read; its status is what counts. */
const MOST_OF_AN_ANSWER = 16 * 1024
const USER_AGENT = 'callboard'

/** Reads the answer's body to its end or to the cap, so that a small one leaves the connection usable. */
const drain = async (body: Dispatcher.ResponseData['body']): Promise<void> => {
  let read = 0
  for await (const chunk of body) {
    read += Buffer.byteLength(chunk)
    if (read > MOST_OF_AN_ANSWER) break
  }
}

const bytesOf = ({ content, event }: Delivery<Json>, format: 'hook' | 'raw' | undefined): Uint8Array =>
  format === 'raw' || content === undefined ? event.raw : Buffer.from(JSON.stringify(content))

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/**
 * Posts each event to a URL, signed after Standard Webhooks: the hook's JSON, or the vendor's bytes where there is none. 2xx is
 * delivered; 400, 413, 415 and 422 are final for the event, and 410 pauses the sink; everything else is tried again. Redirects
 * are not followed, and addresses that are not public are reached only through `allow`.
 */
export const webhook = defineSink({
  kind: 'webhook',
  options: webhookOptions,
  open: ({ url, secret = [], headers = {}, format, allow = [] }, { now }) => {
    const keys = [secret].flat().flatMap((each) => keyOf(each) ?? [])
    const life = new AbortController()
    const agent = new Agent({ connect: guardedConnector(allow, undefined, life.signal) })
    const post = async (body: Uint8Array, signature: Readonly<Record<string, string>>, signal: AbortSignal) => {
      try {
        const asked = request(url, {
          method: 'POST',
          headers: { 'user-agent': USER_AGENT, ...headers, 'content-type': 'application/json', ...signature },
          body,
          dispatcher: agent,
          signal,
        })
        // While it connects, undici does not listen to the signal.
        const { statusCode, headers: answered, body: answer } = await unlessAborted(asked, signal)
        await drain(answer)
        return { status: statusCode, retryAfter: single(answered['retry-after']), location: single(answered.location) }
      } catch (error) {
        throw failureOf(error, signal)
      }
    }
    return {
      write: async (delivery, signal) => {
        const body = bytesOf(delivery, format)
        const answer = await post(body, signatureHeaders(keys, delivery.event.id, Math.floor(now() / 1_000), body), signal)
        const refusal = refusalOf(answer, url, now())
        if (refusal) throw refusal
      },
      close: () => {
        const closed = agent.destroy()
        // It would wait for a handshake that stalls, for ten seconds.
        life.abort()
        return closed
      },
    }
  },
})

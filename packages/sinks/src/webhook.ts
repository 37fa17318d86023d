import { type Delivery, defineSink, type Json } from '@callboard/core'
import { openExchange } from './webhook/exchange.ts'
import { webhookOptions } from './webhook/options.ts'
import { refusalOf } from './webhook/outcome.ts'

export { type Exchange, openExchange, type Posting, type Target } from './webhook/exchange.ts'
export { refusedTarget } from './webhook/guard.ts'
export { signedTarget, targetFields } from './webhook/options.ts'
export type { Answered } from './webhook/outcome.ts'
export { probeTarget } from './webhook/probe.ts'

/** So much of an answer is read; its status is what counts. */
const MOST_OF_AN_ANSWER = 16 * 1024

const bytesOf = ({ content, event }: Delivery<Json>, format: 'hook' | 'raw' | undefined): Uint8Array =>
  format === 'raw' || content === undefined ? event.raw : Buffer.from(JSON.stringify(content))

/**
 * Posts each event to a URL, signed after Standard Webhooks: the hook's JSON, or the vendor's bytes where there is none. 2xx is
 * delivered; 400, 413, 415 and 422 are final for the event, and 410 pauses the sink; everything else is tried again. Redirects
 * are not followed, and addresses that are not public are reached only through `allow`.
 */
export const webhook = defineSink({
  kind: 'webhook',
  options: webhookOptions,
  open: ({ format, ...target }, { now }) => {
    const { post, close } = openExchange(target)
    return {
      write: async (delivery, signal) => {
        const posting = { id: delivery.event.id, at: now(), body: bytesOf(delivery, format) }
        const refusal = refusalOf(await post(posting, MOST_OF_AN_ANSWER, signal), target.url, now())
        if (refusal) throw refusal
      },
      close,
    }
  },
})

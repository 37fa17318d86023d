import { type Delivery, defineSink, type Json } from '@callboard/core'
import { binaryMode, structuredMode } from './webhook/cloudevents.ts'
import { openExchange, type Posting } from './webhook/exchange.ts'
import { type Format, webhookOptions } from './webhook/options.ts'
import { refusalOf } from './webhook/outcome.ts'

export { type Exchange, openExchange, type Posting, type Target } from './webhook/exchange.ts'
export { refusedTarget } from './webhook/guard.ts'
export { signedTarget, targetFields } from './webhook/options.ts'
export type { Answered } from './webhook/outcome.ts'
export { probeTarget } from './webhook/probe.ts'

/** So much of an answer is read; its status is what counts. */
const MOST_OF_AN_ANSWER = 16 * 1024

/** What is posted in each format. A hook that is not there is stood in for by the vendor's bytes. */
const posted: { readonly [F in Format]: (delivery: Delivery<Json>) => Pick<Posting, 'body' | 'headers'> } = {
  hook: ({ content, event }) => ({ body: content === undefined ? event.raw : Buffer.from(JSON.stringify(content)) }),
  raw: ({ event }) => ({ body: event.raw }),
  cloudevents: binaryMode,
  'cloudevents-structured': structuredMode,
}

/**
 * Posts each event to a URL, signed after Standard Webhooks: the hook's JSON, or the vendor's bytes where there is none, also as
 * CloudEvents. 2xx is delivered; 400, 413, 415 and 422 are final for the event, and 410 pauses the sink; everything else is tried again. Redirects
 * are not followed, and addresses that are not public are reached only through `allow`.
 */
export const webhook = defineSink({
  kind: 'webhook',
  options: webhookOptions,
  open: ({ format = 'hook', ...target }, { now }) => {
    const { post, close } = openExchange(target)
    return {
      write: async (delivery, signal) => {
        const posting = { id: delivery.event.id, at: now(), ...posted[format](delivery) }
        const refusal = refusalOf(await post(posting, MOST_OF_AN_ANSWER, signal), target.url, now())
        if (refusal) throw refusal
      },
      close,
    }
  },
})

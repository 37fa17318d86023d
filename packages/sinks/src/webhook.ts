import { type Delivery, defineSink, type Json } from '@callboard/core'
import { binaryMode, structuredMode } from './webhook/cloudevents.ts'
import type { WebhookClient, WebhookRequest, WebhookTarget } from './webhook/exchange.ts'
import { type Format, webhookOptions } from './webhook/options.ts'
import { refusalOf } from './webhook/response-policy.ts'

export { type IpRange, isInIpRanges, parseIpRange, parseIpRanges } from './shared/ip-range.ts'
export { explainBlockedTarget } from './webhook/blocked-target.ts'
export type { WebhookClient, WebhookRequest, WebhookTarget } from './webhook/exchange.ts'
export { explainBadSecret, targetFields } from './webhook/options.ts'
export type { WebhookResponse } from './webhook/response-policy.ts'

/** So much of an answer is read; its status is what counts. */
const MOST_OF_AN_ANSWER = 16 * 1024

// Loaded when there is something to connect to: the client takes a fifth of a start that needs none.

/** Opens a target; nothing is connected yet. `connections`: at a time, at most; by default as many as there are postings. */
export const openWebhookClient = async (target: WebhookTarget, connections?: number): Promise<WebhookClient> =>
  (await import('./webhook/exchange.ts')).openWebhookClient(target, connections)

/**
 * Connects to a webhook's target as a delivery would, name, guard and TLS included, and sends nothing. Resolves with why it cannot
 * be reached, in plain words; undefined where it can.
 */
export const probeTarget = async (url: string, allow: readonly string[], signal: AbortSignal): Promise<string | undefined> =>
  (await import('./webhook/probe.ts')).probeTarget(url, allow, signal)

/** What is posted in each format. A hook that is not there is stood in for by the vendor's bytes. */
const posted: { readonly [F in Format]: (delivery: Delivery<Json>) => Pick<WebhookRequest, 'body' | 'headers'> } = {
  payload: ({ payload, event }) => ({ body: payload === undefined ? event.raw : Buffer.from(JSON.stringify(payload)) }),
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
  open: async ({ format = 'payload', ...target }, { now, concurrency }) => {
    const { post, close } = await openWebhookClient(target, concurrency)
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

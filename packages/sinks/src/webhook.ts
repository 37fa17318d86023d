import { type Delivery, defineSink, type Json } from '@callboard/core'
import type { WebhookClient, WebhookRequest, WebhookTarget } from './webhook/client.ts'
import { binaryMode, structuredMode } from './webhook/cloudevents.ts'
import { type Format, webhookOptions } from './webhook/options.ts'
import { deliveryErrorOf } from './webhook/response-policy.ts'

export { type IpRange, isInIpRanges, parseIpRange, parseIpRanges } from './shared/ip-range.ts'
export { explainBlockedTarget } from './webhook/blocked-target.ts'
export type { WebhookClient, WebhookRequest, WebhookResponseWithBody, WebhookTarget } from './webhook/client.ts'
export { explainBadSecret, targetFields } from './webhook/options.ts'
export type { WebhookResponse } from './webhook/response-policy.ts'

// Client and probe are imported on demand: loading undici takes a fifth of the start of a server without webhooks.

/** Creates a client without connecting. `connections` is the maximum of open connections. Without it there is no maximum. */
export const openWebhookClient = async (target: WebhookTarget, connections?: number): Promise<WebhookClient> =>
  (await import('./webhook/client.ts')).openWebhookClient(target, connections)

/**
 * Connects to the target of a webhook as a delivery does, with DNS, address check and TLS, and sends nothing. Resolves with the
 * reason when the target cannot be reached, else with undefined.
 */
export const probeTarget = async (url: string, allow: readonly string[], signal: AbortSignal): Promise<string | undefined> =>
  (await import('./webhook/probe.ts')).probeTarget(url, allow, signal)

/** The headers and the body of a request in each format. Without a hook the body is the vendor's bytes. */
const contentIn: { readonly [F in Format]: (delivery: Delivery<Json>) => Pick<WebhookRequest, 'body' | 'headers'> } = {
  payload: ({ payload, event }) => ({ body: payload === undefined ? event.raw : Buffer.from(JSON.stringify(payload)) }),
  raw: ({ event }) => ({ body: event.raw }),
  cloudevents: binaryMode,
  'cloudevents-structured': structuredMode,
}

/**
 * Posts each event to a URL, signed as Standard Webhooks defines. The body is the hook's JSON, or the vendor's bytes without a hook,
 * or a CloudEvent. Status 2xx means delivered, whatever becomes of the body of the response. 400, 413, 415 and 422 are final for the event. 410 is final and pauses the sink. Every
 * other failure is retried. Redirects are not followed. Addresses that are not public are blocked unless `allow` names them.
 */
export const webhook = defineSink({
  kind: 'webhook',
  options: webhookOptions,
  open: async ({ format = 'payload', ...target }, { now, concurrency }) => {
    const { post, close } = await openWebhookClient(target, concurrency)
    return {
      write: async (delivery, signal) => {
        const request = { id: delivery.event.id, at: now(), ...contentIn[format](delivery) }
        const error = deliveryErrorOf(await post(request, signal), target.url, now())
        if (error) throw error
      },
      close,
    }
  },
})

import { Agent, type Dispatcher } from 'undici'
import { exchange, type WebhookResponseWithBody } from './exchange.ts'
import { guardedConnector } from './guard.ts'
import { failureOf, type WebhookResponse } from './response-policy.ts'
import { keyOf, signatureHeaders } from './signature.ts'

const USER_AGENT = 'callboard'

/** The target of webhook requests, and the keys that sign them. */
export interface WebhookTarget {
  readonly url: string
  /** One or more Standard Webhooks secrets. Without one, requests are unsigned. */
  readonly secret?: string | readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  /** Address ranges that are allowed although they are not public. */
  readonly allow?: readonly string[]
}

/** One request. */
export interface WebhookRequest {
  /** The `webhook-id`: the same for each attempt. */
  readonly id: string
  /** The time of this attempt, in milliseconds since the Unix epoch. */
  readonly at: number
  readonly body: Uint8Array
  /** Headers of this request. They override the headers of the target. */
  readonly headers?: Readonly<Record<string, string>>
  /** Query parameters to add to the URL. */
  readonly query?: Readonly<Record<string, string>>
}

export type { WebhookResponseWithBody } from './exchange.ts'

/** Posts to one target. It signs requests, blocks addresses that are not public, and follows no redirect. */
export interface WebhookClient {
  /**
   * Resolves with the head of the response, whatever its status and whatever becomes of its body. Rejects with a short reason when no
   * head arrives.
   */
  readonly post: (request: WebhookRequest, signal: AbortSignal) => Promise<WebhookResponse>
  /**
   * Resolves with the response, whatever its status, and the first `maxBytes` bytes of its body. Rejects with a short reason when no
   * complete response arrives.
   */
  readonly postAndRead: (request: WebhookRequest, maxBytes: number, signal: AbortSignal) => Promise<WebhookResponseWithBody>
  readonly close: () => Promise<void>
}

/** Creates a client without connecting. `connections` is the maximum of open connections. Without it there is no maximum. */
export const openWebhookClient = ({ url, secret = [], headers = {}, allow = [] }: WebhookTarget, connections?: number): WebhookClient => {
  const keys = [secret].flat().flatMap((each) => keyOf(each) ?? [])
  const closing = new AbortController()
  // Without a maximum, a request that starts when another response ends finds that connection still busy and opens one more.
  const agent = new Agent({
    connect: guardedConnector(allow, undefined, closing.signal),
    ...(connections !== undefined && { connections }),
  })

  const baseUrl = new URL(url)
  const { origin } = baseUrl
  const baseHeaders = { 'user-agent': USER_AGENT, ...headers, 'content-type': 'application/json' }
  const baseHeaderList = Object.entries(baseHeaders).flat()
  const headerListWith = (requestHeaders: WebhookRequest['headers']): readonly string[] =>
    requestHeaders ? Object.entries({ ...baseHeaders, ...requestHeaders }).flat() : baseHeaderList
  const pathWith = (query: WebhookRequest['query']): string => {
    const full = new URL(baseUrl)
    for (const [name, value] of Object.entries(query ?? {})) full.searchParams.append(name, value)
    return `${full.pathname}${full.search}`
  }
  const basePath = pathWith({})

  const send = async (
    { id, at, body, headers: requestHeaders, query }: WebhookRequest,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<WebhookResponseWithBody> => {
    const options = {
      origin,
      path: query ? pathWith(query) : basePath,
      method: 'POST',
      // A list of names and values: with an object, made for each request, a post costs 1.09 times as much CPU.
      headers: [...headerListWith(requestHeaders), ...signatureHeaders(keys, id, Math.floor(at / 1_000), body)],
      body,
    } satisfies Dispatcher.DispatchOptions
    try {
      return await exchange(agent, options, signal, maxBytes)
    } catch (error) {
      throw failureOf(error, signal)
    }
  }

  return {
    post: (request, signal) => send(request, 0, signal),
    postAndRead: send,
    close: () => {
      const closed = agent.destroy()
      // Without this, destroy waits up to ten seconds for a stalled handshake.
      closing.abort()
      return closed
    },
  }
}

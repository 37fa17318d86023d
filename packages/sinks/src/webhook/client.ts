import { Agent, type Dispatcher, request } from 'undici'
import { raceAbort } from '../shared/race-abort.ts'
import { guardedConnector } from './guard.ts'
import { failureOf, type WebhookResponse } from './response-policy.ts'
import { keyOf, signatureHeaders } from './signature.ts'

const USER_AGENT = 'callboard'
// How much of a body is read, and for how long, only to keep its connection.
const MAX_DRAIN_BYTES = 16 * 1024
const MAX_DRAIN_MS = 1_000

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

/** A response with the beginning of its body. */
export interface WebhookResponseWithBody extends WebhookResponse {
  readonly body: Buffer
}

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

type ResponseBody = Dispatcher.ResponseData['body']

/** Reads at most `maxBytes`. A smaller body is read to its end, so that the connection can be used again. */
const readUpTo = async (body: ResponseBody, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const data of body) {
    const chunk = Buffer.from(data)
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxBytes)
}

/** Reads a short body to its end, so that the connection can be used again. A long, slow or broken body costs the connection. */
const drain = (body: ResponseBody): void => {
  const timer = setTimeout(() => body.destroy(), MAX_DRAIN_MS)
  body
    .dump({ limit: MAX_DRAIN_BYTES })
    .catch(() => {})
    .finally(() => clearTimeout(timer))
}

const firstOf = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

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
  const urlWith = (query: WebhookRequest['query']): URL => {
    if (!query) return baseUrl
    const full = new URL(baseUrl)
    for (const [name, value] of Object.entries(query)) full.searchParams.append(name, value)
    return full
  }

  const respond = async <Result>(
    { id, at, body, headers: requestHeaders, query }: WebhookRequest,
    signal: AbortSignal,
    withBody: (response: WebhookResponse, body: ResponseBody) => Result,
  ): Promise<Awaited<Result>> => {
    try {
      const signature = signatureHeaders(keys, id, Math.floor(at / 1_000), body)
      const pending = request(urlWith(query), {
        method: 'POST',
        headers: { 'user-agent': USER_AGENT, ...headers, 'content-type': 'application/json', ...requestHeaders, ...signature },
        body,
        dispatcher: agent,
        signal,
      })
      // While undici connects, it ignores the signal.
      const { statusCode: status, headers: received, body: receivedBody } = await raceAbort(pending, signal)
      const head = { status, retryAfter: firstOf(received['retry-after']), location: firstOf(received.location) }
      return await withBody(head, receivedBody)
    } catch (error) {
      throw failureOf(error, signal)
    }
  }

  return {
    post: (request, signal) =>
      respond(request, signal, (head, body) => {
        drain(body)
        return head
      }),
    postAndRead: (request, maxBytes, signal) =>
      respond(request, signal, async (head, body) => ({ ...head, body: await readUpTo(body, maxBytes) })),
    close: () => {
      const closed = agent.destroy()
      // Without this, destroy waits up to ten seconds for a stalled handshake.
      closing.abort()
      return closed
    },
  }
}

import { Agent, type Dispatcher, request } from 'undici'
import { raceAbort } from '../shared/race-abort.ts'
import { guardedConnector } from './guard.ts'
import { failureOf, type WebhookResponse } from './response-policy.ts'
import { keyOf, signatureHeaders } from './signature.ts'

const USER_AGENT = 'callboard'
const NO_CONTENT = 204

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

/** Posts to one target. It signs requests, blocks addresses that are not public, and follows no redirect. */
export interface WebhookClient {
  /**
   * Resolves with the response, whatever its status, and the first `maxBytes` bytes of its body. Rejects with a short reason when no
   * response arrives.
   */
  readonly post: (request: WebhookRequest, maxBytes: number, signal: AbortSignal) => Promise<WebhookResponse & { readonly body: Buffer }>
  readonly close: () => Promise<void>
}

const NO_BYTES = Buffer.alloc(0)

/** Reads at most `maxBytes`. A smaller body is read to its end, so that the connection can be used again. */
const readUpTo = async (body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Buffer> => {
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

const discardBody = async (body: Dispatcher.ResponseData['body']): Promise<Buffer> => {
  await body.dump()
  return NO_BYTES
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

  return {
    post: async ({ id, at, body, headers: requestHeaders, query }, maxBytes, signal) => {
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
        const response = await raceAbort(pending, signal)
        return {
          status: response.statusCode,
          retryAfter: firstOf(response.headers['retry-after']),
          location: firstOf(response.headers.location),
          body: response.statusCode === NO_CONTENT ? await discardBody(response.body) : await readUpTo(response.body, maxBytes),
        }
      } catch (error) {
        throw failureOf(error, signal)
      }
    },
    close: () => {
      const closed = agent.destroy()
      // Without this, destroy waits up to ten seconds for a stalled handshake.
      closing.abort()
      return closed
    },
  }
}

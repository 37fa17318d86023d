import { Agent, type Dispatcher, request } from 'undici'
import { unlessAborted } from '../shared/race-abort.ts'
import { guardedConnector } from './guard.ts'
import { failureOf, type WebhookResponse } from './response-policy.ts'
import { keyOf, signatureHeaders } from './signature.ts'

const USER_AGENT = 'callboard'
const NO_CONTENT = 204

/** Where to post, and how to be believed there. */
export interface WebhookTarget {
  readonly url: string
  /** One secret or several to sign with, after Standard Webhooks; none: unsigned. */
  readonly secret?: string | readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  /** Ranges of addresses that may be reached although they are not public. */
  readonly allow?: readonly string[]
}

/** What is posted. */
export interface WebhookRequest {
  /** The `webhook-id`: the same for each copy. */
  readonly id: string
  /** Milliseconds since the Unix epoch, of this attempt. */
  readonly at: number
  readonly body: Uint8Array
  /** Headers of this posting, which win over those of the target. */
  readonly headers?: Readonly<Record<string, string>>
  /** More parameters for the URL. */
  readonly query?: Readonly<Record<string, string>>
}

/** Posts to one target: guarded against addresses that are not public, signed, without following redirects. */
export interface WebhookClient {
  /** Resolves with whatever was answered, and the first `most` bytes of its body; rejects with why nothing was, in plain words. */
  readonly post: (posting: WebhookRequest, most: number, signal: AbortSignal) => Promise<WebhookResponse & { readonly body: Buffer }>
  readonly close: () => Promise<void>
}

const NOTHING = Buffer.alloc(0)

/** Reads a body to its end or to the cap, so that a small one leaves the connection usable. */
const readUpTo = async (body: Dispatcher.ResponseData['body'], most: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(Buffer.from(chunk))
    length += chunks.at(-1)?.length ?? 0
    if (length > most) break
  }
  return Buffer.concat(chunks).subarray(0, most)
}

const nothingIn = async (body: Dispatcher.ResponseData['body']): Promise<Buffer> => {
  await body.dump()
  return NOTHING
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/** Opens a target; nothing is connected yet. `connections`: at a time, at most; by default as many as there are postings. */
export const openWebhookClient = ({ url, secret = [], headers = {}, allow = [] }: WebhookTarget, connections?: number): WebhookClient => {
  const keys = [secret].flat().flatMap((each) => keyOf(each) ?? [])
  const life = new AbortController()
  // Without a limit, what is posted in the turn in which another answer ends finds its connection still in use, and opens one more.
  const agent = new Agent({ connect: guardedConnector(allow, undefined, life.signal), ...(connections !== undefined && { connections }) })

  const plain = new URL(url)
  const urlWith = (query: WebhookRequest['query']): URL => {
    if (!query) return plain
    const whole = new URL(plain)
    for (const [name, value] of Object.entries(query)) whole.searchParams.append(name, value)
    return whole
  }

  return {
    post: async ({ id, at, body, headers: own, query }, most, signal) => {
      try {
        const signature = signatureHeaders(keys, id, Math.floor(at / 1_000), body)
        const asked = request(urlWith(query), {
          method: 'POST',
          headers: { 'user-agent': USER_AGENT, ...headers, 'content-type': 'application/json', ...own, ...signature },
          body,
          dispatcher: agent,
          signal,
        })
        // While it connects, undici does not listen to the signal.
        const { statusCode, headers: answered, body: answer } = await unlessAborted(asked, signal)
        return {
          status: statusCode,
          retryAfter: single(answered['retry-after']),
          location: single(answered.location),
          body: statusCode === NO_CONTENT ? await nothingIn(answer) : await readUpTo(answer, most),
        }
      } catch (error) {
        throw failureOf(error, signal)
      }
    },
    close: () => {
      const closed = agent.destroy()
      // It would wait for a handshake that stalls, for ten seconds.
      life.abort()
      return closed
    },
  }
}

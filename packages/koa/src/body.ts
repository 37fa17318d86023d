import type { IncomingMessage } from 'node:http'
import type { BodyFault, RequestBody } from '@callboard/core'
import getRawBody from 'raw-body'

/** A request of Koa's, as far as a body parser may have changed it. */
export interface MaybeParsed {
  readonly req: IncomingMessage
  readonly body?: unknown
  readonly rawBody?: unknown
}

const REPLACEMENT = '\ufffd'
// What such a parser makes of JSON is not the vendor's: an ampersand in a chat message would begin another field.
const FORM = /^\s*(application\/x-www-form-urlencoded|multipart\/)/i
const UNREADABLE: BodyFault = { _tag: 'Malformed', reason: 'mount_before_the_body_parser' }

/** Text is as good as its bytes, unless it shows that some were lost: a replacement character, or another length than was sent. */
const fromText = (given: string, { headers }: IncomingMessage): RequestBody => {
  const raw = Buffer.from(given, 'utf8')
  const lost = given.includes(REPLACEMENT) || Number(headers['content-length'] ?? raw.length) !== raw.length
  return { raw, ...(lost && { rebuilt: true }) }
}

const hasType = (error: unknown): error is Error & { readonly type: string } => error instanceof Error && 'type' in error

const fromStream = async (req: IncomingMessage, limit: number): Promise<RequestBody | BodyFault> => {
  try {
    return { raw: await getRawBody(req, { limit, length: req.headers['content-length'] ?? null }) }
  } catch (error) {
    if (!hasType(error)) throw error
    return error.type === 'entity.too.large' ? { _tag: 'TooLarge' } : { _tag: 'Malformed', reason: 'truncated_body' }
  }
}

const fromObject = (parsed: object, { headers }: IncomingMessage): RequestBody | BodyFault => {
  if (FORM.test(headers['content-type'] ?? '') || Object.keys(parsed).length === 0) return UNREADABLE
  try {
    return { raw: Buffer.from(JSON.stringify(parsed)), rebuilt: true }
  } catch {
    // Such as big integers of a parser of the host's own.
    return UNREADABLE
  }
}

/**
 * The bytes of a request, whatever stands before Callboard. In order of trust: the stream itself, `rawBody`, a body that was kept
 * as bytes or text, and the parsed object, which has to be written anew.
 */
export const readBody = async ({ req, body, rawBody }: MaybeParsed, limit: number): Promise<RequestBody | BodyFault> => {
  if (!req.readableDidRead) return fromStream(req, limit)
  for (const given of [rawBody, body]) {
    if (typeof given === 'string') return fromText(given, req)
    if (given instanceof Uint8Array) return { raw: given }
  }
  return typeof body === 'object' && body !== null ? fromObject(body, req) : UNREADABLE
}

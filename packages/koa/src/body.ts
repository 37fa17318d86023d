import type { IncomingMessage } from 'node:http'
import type { BodyFault, RequestBody } from '@callboard/core'
import getRawBody from 'raw-body'

/** A request with the results of a body parser, if one ran before. */
export interface ParsedRequest {
  readonly req: IncomingMessage
  readonly body?: unknown
  readonly rawBody?: unknown
}

const REPLACEMENT_CHARACTER = '\ufffd'
// A form parser corrupts JSON: an ampersand in a chat message starts another field.
const FORM = /^\s*(application\/x-www-form-urlencoded|multipart\/)/i
const UNREADABLE: BodyFault = { _tag: 'Malformed', reason: 'mount_before_the_body_parser' }

/** Text stands for its bytes unless bytes were lost. Then it has a replacement character or another length than `Content-Length`. */
const fromText = (text: string, { headers }: IncomingMessage): RequestBody => {
  const raw = Buffer.from(text, 'utf8')
  const isLossy = text.includes(REPLACEMENT_CHARACTER) || Number(headers['content-length'] ?? raw.length) !== raw.length
  return { raw, ...(isLossy && { rebuilt: true }) }
}

const hasType = (error: unknown): error is Error & { readonly type: string } => error instanceof Error && 'type' in error

const TRUNCATED: BodyFault = { _tag: 'Malformed', reason: 'truncated_body' }

/** Reads a stream that the host made emit text. raw-body refuses such a stream. */
const fromTextStream = async (req: IncomingMessage, maxBytes: number): Promise<RequestBody | BodyFault> => {
  if (req.readableEncoding !== 'utf8' && req.readableEncoding !== 'utf-8') return { _tag: 'Malformed', reason: 'mount_before_set_encoding' }
  let text = ''
  try {
    // An early return must not destroy the request, because that would end the connection before the answer.
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      text += chunk
      if (Buffer.byteLength(text) > maxBytes) return { _tag: 'TooLarge' }
    }
  } catch {
    return TRUNCATED
  }
  return fromText(text, req)
}

const fromStream = async (req: IncomingMessage, maxBytes: number): Promise<RequestBody | BodyFault> => {
  if (req.readableEncoding !== null) return fromTextStream(req, maxBytes)
  try {
    const reading = getRawBody(req, { limit: maxBytes, length: req.headers['content-length'] ?? null })
    // The host may have paused the stream.
    req.resume()
    return { raw: await reading }
  } catch (error) {
    if (!hasType(error)) throw error
    return error.type === 'entity.too.large' ? { _tag: 'TooLarge' } : TRUNCATED
  }
}

const fromObject = (parsed: object, { headers }: IncomingMessage): RequestBody | BodyFault => {
  if (FORM.test(headers['content-type'] ?? '') || Object.keys(parsed).length === 0) return UNREADABLE
  try {
    return { raw: Buffer.from(JSON.stringify(parsed)), rebuilt: true }
  } catch {
    // A custom parser may produce values that JSON cannot hold, such as a BigInt.
    return UNREADABLE
  }
}

/**
 * Returns the bytes of a request, also when a body parser ran before. It uses the first that exists of the unread stream, `rawBody`,
 * a body kept as bytes or text, and the parsed object. The object is serialized again and marked `rebuilt`.
 */
export const readBody = async ({ req, body, rawBody }: ParsedRequest, maxBytes: number): Promise<RequestBody | BodyFault> => {
  if (!req.readableDidRead) return fromStream(req, maxBytes)
  for (const kept of [rawBody, body]) {
    if (typeof kept === 'string') return fromText(kept, req)
    if (kept instanceof Uint8Array) return { raw: kept }
  }
  return typeof body === 'object' && body !== null ? fromObject(body, req) : UNREADABLE
}

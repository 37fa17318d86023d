import type { IncomingMessage } from 'node:http'
import type { Body, BodyFault } from '@callboard/core'
import getRawBody from 'raw-body'

/** A request of Koa's, as far as a body parser may have changed it. */
export interface MaybeParsed {
  readonly req: IncomingMessage
  readonly body?: unknown
  readonly rawBody?: unknown
}

const REPLACEMENT = '\ufffd'

const text = (given: string): Body => ({ raw: Buffer.from(given, 'utf8'), ...(given.includes(REPLACEMENT) && { rebuilt: true }) })

const hasType = (error: unknown): error is Error & { readonly type: string } => error instanceof Error && 'type' in error

const fromStream = async (req: IncomingMessage, limit: number): Promise<Body | BodyFault> => {
  try {
    return { raw: await getRawBody(req, { limit, length: req.headers['content-length'] ?? null }) }
  } catch (error) {
    if (!hasType(error)) throw error
    return error.type === 'entity.too.large' ? { _tag: 'TooLarge' } : { _tag: 'Malformed', why: 'truncated_body' }
  }
}

/**
 * The bytes of a request, whatever stands before Callboard. In order of trust: the stream itself, `rawBody`, a body that was kept
 * as bytes or text, and the parsed object, which has to be written anew.
 */
export const readBody = async ({ req, body, rawBody }: MaybeParsed, limit: number): Promise<Body | BodyFault> => {
  if (!req.readableDidRead) return fromStream(req, limit)
  for (const given of [rawBody, body]) {
    if (typeof given === 'string') return text(given)
    if (given instanceof Uint8Array) return { raw: given }
  }
  const parsed = typeof body === 'object' && body !== null && Object.keys(body).length > 0
  return parsed ? { raw: Buffer.from(JSON.stringify(body)), rebuilt: true } : { _tag: 'Malformed', why: 'mount_before_the_body_parser' }
}

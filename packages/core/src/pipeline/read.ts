import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { ByteBudget } from './byte-budget.ts'
import type { Rejection, Verified, WithBody } from './context.ts'

/** How many bytes a body without a Content-Length reserves. With the maximum, a few such bodies would block all others. */
const ASSUMED_LENGTH_BYTES = 16 * 1024
const IDENTITY = new Set(['', 'identity'])

const readAndRelease = async ({ readBody }: Verified, limit: number, release: () => void) => {
  try {
    return await readBody(limit)
  } finally {
    release()
  }
}

/** Reads the body, up to `limit` bytes. `budget` bounds the bytes of all bodies that are being read. */
export const read =
  (limit: number, budget: ByteBudget) =>
  async (context: Verified): Promise<Either<Rejection, WithBody>> => {
    const { encoding = '', length } = context
    if (!IDENTITY.has(encoding.trim().toLowerCase())) return left({ fault: { _tag: 'UnsupportedEncoding' }, context })
    if ((length ?? 0) > limit) return left({ fault: { _tag: 'TooLarge' }, context })
    const release = budget.reserve(length ?? ASSUMED_LENGTH_BYTES)
    if (!release) return left({ fault: { _tag: 'Overloaded' }, context })
    const body = await readAndRelease(context, limit, release)
    if ('_tag' in body) return left({ fault: body, context })
    if (body.raw.byteLength > limit) return left({ fault: { _tag: 'TooLarge' }, context })
    return right({ ...context, raw: body.raw, ...(body.rebuilt && { rebuilt: true }) })
  }

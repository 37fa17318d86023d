import { left, right } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failed, Head, Received } from '../callback.ts'

const PLAIN = new Set(['', 'identity'])

/** The body, read only now that the head is trusted: refused by its header where that is enough, by its count otherwise. */
export const read =
  (limit: number) =>
  (head: Head): TaskEither<Failed, Received> =>
  async () => {
    if (!PLAIN.has((head.encoding ?? '').trim().toLowerCase())) return left({ fault: { _tag: 'UnsupportedEncoding' } })
    if ((head.length ?? 0) > limit) return left({ fault: { _tag: 'TooLarge' } })
    const body = await head.read(limit)
    if ('_tag' in body) return left({ fault: body })
    if (body.raw.byteLength > limit) return left({ fault: { _tag: 'TooLarge' } })
    return right({ ...head, raw: body.raw, ...(body.rebuilt && { rebuilt: true }) })
  }

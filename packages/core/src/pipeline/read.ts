import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { ByteBudget } from './byte-budget.ts'
import type { Rejection, Verified, WithBody } from './context.ts'
import { type DecisionPolicies, fallbackAnswer } from './decision-policy.ts'

// A body that does not tell its length counts as a long one, though not as the longest: they would crowd each other out.
const ASSUMED_LENGTH = 16 * 1024
const PLAIN = new Set(['', 'identity'])

const readOf = async ({ readBody }: Verified, limit: number, release: () => void) => {
  try {
    return await readBody(limit)
  } finally {
    release()
  }
}

/**
 * The body, read only now that the head is trusted: refused by its header where that is enough, by its count otherwise. `held`:
 * bytes of all the bodies that are under way.
 */
export const read =
  (limit: number, held: ByteBudget, rulings: DecisionPolicies) =>
  async (head: Verified): Promise<Either<Rejection, WithBody>> => {
    if (!PLAIN.has((head.encoding ?? '').trim().toLowerCase())) return left({ fault: { _tag: 'UnsupportedEncoding' } })
    if ((head.length ?? 0) > limit) return left({ fault: { _tag: 'TooLarge' } })
    const release = held.reserve(head.length ?? ASSUMED_LENGTH)
    if (!release) {
      const ruling = rulings.get(head.params.kept.CallbackCommand ?? '')
      return left({ fault: { _tag: 'Overloaded' }, ...(ruling && { instead: fallbackAnswer(ruling.fallback) }) })
    }
    const body = await readOf(head, limit, release)
    if ('_tag' in body) return left({ fault: body })
    if (body.raw.byteLength > limit) return left({ fault: { _tag: 'TooLarge' } })
    return right({ ...head, raw: body.raw, ...(body.rebuilt && { rebuilt: true }) })
  }

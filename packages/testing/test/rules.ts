/** The tests that a suite declares, by their sentences, caught before the runner sees them. */
export const rulesOf = (declare: () => void): ReadonlyMap<string, () => unknown> => {
  const rules = new Map<string, () => unknown>()
  const { describe, it } = globalThis
  Object.assign(globalThis, {
    describe: (_: string, body: () => void) => body(),
    it: (sentence: string, body: () => unknown) => rules.set(sentence, body),
  })
  try {
    declare()
  } finally {
    Object.assign(globalThis, { describe, it })
  }
  return rules
}

/** The sentences of the rules that do not hold. */
export const brokenOf = async (declare: () => void): Promise<readonly string[]> => {
  const broken: string[] = []
  for (const [sentence, rule] of rulesOf(declare)) {
    try {
      await rule()
    } catch {
      broken.push(sentence)
    }
  }
  return broken
}

/** Collects the tests that a suite declares, by title, instead of registering them with mocha. */
export const testsOf = (declare: () => void): ReadonlyMap<string, () => unknown> => {
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

/** Runs the tests that a suite declares. Returns the titles of those that fail. */
export const failingTestsOf = async (declare: () => void): Promise<readonly string[]> => {
  const broken: string[] = []
  for (const [sentence, rule] of testsOf(declare)) {
    try {
      await rule()
    } catch {
      broken.push(sentence)
    }
  }
  return broken
}

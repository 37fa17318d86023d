/** Skips a test, and says why; fails instead where everything that a test may need has to be there. */
export const skipFor = (test: Mocha.Context, reason: string): never => {
  if (process.env.CALLBOARD_REQUIRE_SERVICES === '1') throw new Error(reason)
  console.log(`      skipped: ${reason}`)
  return test.skip()
}

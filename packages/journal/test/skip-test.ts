/** Skips the test and prints the reason. Throws instead when `CALLBOARD_REQUIRE_SERVICES` is `1`, because no test may be skipped then. */
export const skipTest = (test: Mocha.Context, reason: string): never => {
  if (process.env.CALLBOARD_REQUIRE_SERVICES === '1') throw new Error(reason)
  console.log(`      skipped: ${reason}`)
  return test.skip()
}

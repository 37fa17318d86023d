// The spec reporter, followed by one line for machines: `N passed, N failed, N skipped`.
const { reporters, Runner } = require('mocha')

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats
      process.stdout.write(`\n${passes} passed, ${failures} failed, ${pending} skipped\n`)
    })
  }

  // No test may be skipped where every service is required.
  done(failures, end) {
    end(failures + (process.env.CALLBOARD_REQUIRE_SERVICES === '1' ? this.stats.pending : 0))
  }
}

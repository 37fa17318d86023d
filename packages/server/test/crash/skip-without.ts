import { spawnSync } from 'node:child_process'

/** Skips the suite and prints the reason if something is missing. With CALLBOARD_REQUIRE_SERVICES=1, it throws instead. */
export const skipWithout = (suite: Mocha.Context, missing: string | undefined): void => {
  if (missing === undefined) return
  if (process.env.CALLBOARD_REQUIRE_SERVICES === '1') throw new Error(missing)
  console.log(`      skipped: ${missing}`)
  suite.skip()
}

/** Runs a command. Returns why it failed, or undefined. */
export const whyNotRunnable = (command: string, ...args: readonly string[]): string | undefined => {
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) return `${command} cannot be run: ${error.message}`
  return status === 0 ? undefined : `${command} failed: ${stderr.trim()}`
}

/** Why strace cannot trace a process, or undefined. */
export const whyNotTraceable = (): string | undefined => whyNotRunnable('strace', '-f', '-o', '/dev/null', 'true')

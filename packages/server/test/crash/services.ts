import { spawnSync } from 'node:child_process'

/**
 * Where something that a suite needs is missing, the suite is skipped and the reason printed; where every service is required, that
 * is a failure.
 */
export const needs = (suite: Mocha.Context, missing: string | undefined): void => {
  if (missing === undefined) return
  if (process.env.CALLBOARD_REQUIRE_SERVICES === '1') throw new Error(missing)
  console.log(`      skipped: ${missing}`)
  suite.skip()
}

/** Why a command cannot be used; undefined when it ran to its end without complaint. */
export const cannotRun = (command: string, ...args: readonly string[]): string | undefined => {
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) return `${command} is not there (${error.message})`
  return status === 0 ? undefined : `${command} does not work here: ${stderr.trim()}`
}

/** Why no process can be traced. */
export const cannotTrace = (): string | undefined => cannotRun('strace', '-f', '-o', '/dev/null', 'true')

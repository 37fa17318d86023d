import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { ExitCode } from '../exit-codes.ts'
import { flushStandardStreams } from './standard-streams.ts'

/** Supervisors send SIGKILL after 10 s. Deliveries that take longer are repeated after the next start. */
const STOP_DEADLINE_MS = 9_500

/** How long the end of the process waits for an output that takes no data. */
const FLUSH_MS = 500

/** Requests that a thread of Node's pool works on, and the port of a worker that does not end. `process.exit` waits for these threads. */
const POOL_REQUEST = /^(FSReq|FileHandleCloseReq|GetAddrInfoReq|GetNameInfoReq|MessagePort)/i
const hasBusyThread = (): boolean => process.getActiveResourcesInfo().some((name) => POOL_REQUEST.test(name))

/**
 * Ends the process at once, even if a thread hangs in the operating system, such as in a write to a pipe that nobody reads.
 * `process.exit` would wait for this thread for ever. Another program in the place of this one ends all threads and keeps the exit code.
 */
const replaceProcess = (code: ExitCode): void => {
  if (!existsSync(process.execPath)) return
  process.execve?.(process.execPath, [process.execPath, '--eval', `process.exit(${code})`], { ...process.env, NODE_OPTIONS: '' })
}

/** Ends the process at once. `isStuck`: a thread may be in a call that never returns. */
export const forceExit = (code: ExitCode, isStuck = hasBusyThread()): never => {
  if (isStuck) replaceProcess(code)
  process.exit(code)
}

/** Ends the process after `STOP_DEADLINE_MS`, whatever still runs then. */
export const forceExitLater = (code: ExitCode): void => {
  setTimeout(() => {
    replaceProcess(code)
    process.exit(code)
  }, STOP_DEADLINE_MS)
}

/** Waits until the outputs have written all lines, but at most for half a second. */
const flushBriefly = (): Promise<unknown> => Promise.race([flushStandardStreams(), pause(FLUSH_MS)])

/** Ends the process when its outputs are written. `isStuck`: a thread may be in a call that never returns. */
export const endProcess = async (code: ExitCode, isStuck?: boolean): Promise<never> => {
  forceExitLater(code)
  await flushBriefly()
  return forceExit(code, isStuck)
}

import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

// USER_HZ, which is 100 on every Linux that Node runs on.
const MS_PER_TICK = 10
const UTIME = 11
const STIME = 12
const CHECK_INTERVAL_MS = 250
/** A process that uses less than this share of a core is idle. */
const IDLE_SHARE = 0.06
const MAX_WAIT_MS = 60_000

const cpuOf = (pid: number): number => {
  try {
    // The name may contain spaces and brackets.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[UTIME]) + Number(fields[STIME])) * MS_PER_TICK
  } catch {
    return Number.NaN
  }
}

/** Returns the milliseconds of CPU that processes have used in all threads, ended ones included. NaN without /proc. */
export const cpuMsOf = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuOf(pid), 0)

/** Resolves when the processes are idle, with the milliseconds until then. */
export const untilIdle = async (pids: readonly number[]): Promise<number> => {
  const from = performance.now()
  for (let before = cpuMsOf(pids); performance.now() - from < MAX_WAIT_MS; ) {
    await pause(CHECK_INTERVAL_MS)
    const now = cpuMsOf(pids)
    if (!(now - before > CHECK_INTERVAL_MS * IDLE_SHARE)) return performance.now() - from - CHECK_INTERVAL_MS
    before = now
  }
  return performance.now() - from
}

import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

// USER_HZ, which is 100 on every Linux that Node runs on.
const MS_PER_TICK = 10
const UTIME = 11
const STIME = 12
const LOOK_EVERY = 250
const QUIET = 0.06
const LONGEST = 60_000

/** Milliseconds of CPU that a process has used so far, all threads, ended ones included; NaN where there is no /proc. */
export const cpuOf = (pid: number): number => {
  try {
    // Behind the name, which may hold spaces and brackets.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[UTIME]) + Number(fields[STIME])) * MS_PER_TICK
  } catch {
    return Number.NaN
  }
}

/** Resolves when the processes have nothing left to do, with the milliseconds that took. */
export const untilQuiet = async (pids: readonly number[]): Promise<number> => {
  const from = performance.now()
  const total = () => pids.reduce((sum, pid) => sum + cpuOf(pid), 0)
  for (let before = total(); performance.now() - from < LONGEST; ) {
    await pause(LOOK_EVERY)
    const now = total()
    if (!(now - before > LOOK_EVERY * QUIET)) return performance.now() - from - LOOK_EVERY
    before = now
  }
  return performance.now() - from
}

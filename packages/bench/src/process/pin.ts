import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

/** Whether this machine can run a process on one core only. */
export const canPin = cpus().length > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0

/** The core of a process: a number, `last`, or `any`. */
export type Core = 0 | 'last' | 'any'

/** Returns the command that runs on one core only, if this machine can do that. */
export const pinned = (core: Core, command: readonly string[]): readonly string[] =>
  canPin && core !== 'any' ? ['taskset', '-c', String(core === 'last' ? cpus().length - 1 : core), ...command] : command

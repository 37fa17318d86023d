import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Build, THIS_BUILD } from './build.ts'
import { firstMatch } from './child-process.ts'
import { registerChild } from './children.ts'

/** The real program in a working directory. */
export interface Program {
  readonly pid: number
  readonly callbackUrl: string
  /** Milliseconds from the start until it accepts callbacks. */
  readonly readyMs: number
  /** Resident memory in bytes, now and at its maximum. */
  readonly memory: () => { readonly now: number; readonly max: number }
  /** Resolves with the exit code, or null after a signal. */
  readonly ended: Promise<number | null>
  readonly stop: () => Promise<number | null>
}

const bytesIn = (status: string, field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024

/** Starts `callboard start` in a directory with a callboard.yaml. */
export const startProgram = async (
  work: string,
  { build = THIS_BUILD, env = {} }: { readonly build?: Build; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Program> => {
  const from = performance.now()
  const child = registerChild(
    spawn(process.execPath, [build.bin, 'start'], { cwd: work, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] }),
  )
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [, callbackUrl = ''] = await firstMatch(child, /callback URL: ([^\s"]+)/)
  const readyMs = performance.now() - from
  return {
    pid: child.pid ?? 0,
    callbackUrl,
    readyMs,
    memory: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      return { now: bytesIn(status, 'VmRSS'), max: bytesIn(status, 'VmHWM') }
    },
    ended,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

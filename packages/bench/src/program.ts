import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { remembered } from './children.ts'

const bin = createRequire(import.meta.url)
  .resolve('@callboard/server/package.json')
  .replace(/package\.json$/, 'bin/callboard.js')

/** The real program, running on a configuration in a directory. */
export interface Program {
  readonly pid: number
  readonly callbackUrl: string
  readonly adminUrl: string
  /** Milliseconds from its start until it takes callbacks. */
  readonly readyAfter: number
  /** Resident memory in bytes, now and at its most. */
  readonly memory: () => { readonly now: number; readonly most: number }
  /** Resolves with its exit code, or null after a signal, whoever ended it. */
  readonly ended: Promise<number | null>
  readonly stop: () => Promise<number | null>
}

const kilobytes = (status: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024

const untilPrinted = (child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (data) => {
      text += data
      const found = pattern.exec(text)
      if (found) resolve(found)
      text = found ? '' : text.slice(-10_000)
    })
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}\n${text}`)))
  })

/** Starts `callboard start` in a directory that holds a callboard.yaml. */
export const startProgram = async (dir: string, env: Readonly<Record<string, string>> = {}): Promise<Program> => {
  const from = performance.now()
  const child = remembered(
    spawn(process.execPath, [bin, 'start'], { cwd: dir, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] }),
  )
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [, adminUrl = '', callbackUrl = ''] = await untilPrinted(child, /health: (http:\S+?)\/health\/ready[\s\S]*?callback URL: ([^\s"]+)/)
  const readyAfter = performance.now() - from
  return {
    pid: child.pid ?? 0,
    callbackUrl,
    adminUrl,
    readyAfter,
    memory: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      return { now: kilobytes(status, 'VmRSS'), most: kilobytes(status, 'VmHWM') }
    },
    ended,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

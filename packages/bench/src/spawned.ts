import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { remembered } from './children.ts'
import { pinned } from './machine.ts'

/** A program of the bench, running in a process of its own. */
export interface Spawned {
  readonly pid: number
  /** Resolves with the first match in what it prints; rejects when it ends before that. */
  readonly prints: (pattern: RegExp) => Promise<RegExpExecArray>
  /** Resolves with all it printed when it has ended by itself; rejects when it failed. */
  readonly output: Promise<string>
  readonly stop: () => Promise<void>
}

const untilPrinted = (child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (data) => {
      text = `${text}${data}`.slice(-10_000)
      const found = pattern.exec(text)
      if (found) resolve(found)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it printed ${pattern}\n${text}`)))
  })

/** Starts a command; its complaints go to ours. */
export const start = ([command = '', ...args]: readonly string[]): Spawned => {
  const child = remembered(spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] }))
  let text = ''
  child.stdout.on('data', (data) => {
    text += data
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const output = ended.then((code) => {
    if (code !== 0 && code !== null) throw new Error(`${[command, ...args].join(' ')} ended with ${code}`)
    return text
  })
  output.catch(() => {})
  return {
    pid: child.pid ?? 0,
    prints: (pattern) => {
      const found = untilPrinted(child, pattern)
      // Where something else failed first, nobody waits for it any more.
      found.catch(() => {})
      return found
    },
    output,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** The command that runs a module of the bench, beside the one that asks, on one core; its argument is JSON. */
export const moduleOn = (core: number, url: string, beside: string, argument: unknown = {}): readonly string[] =>
  pinned(core, [process.execPath, fileURLToPath(new URL(url, beside)), JSON.stringify(argument)])

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { registerChild } from './children.ts'
import { type Core, pinned } from './pin.ts'

/** A running child process of the bench. */
export interface Child {
  readonly pid: number
  /** Resolves with the first match in the output. Rejects if the child ends before. */
  readonly outputMatch: (pattern: RegExp) => Promise<RegExpExecArray>
  /** Resolves with the whole output when the child ends by itself. Rejects if it fails. */
  readonly output: Promise<string>
  readonly stop: () => Promise<void>
}

const MAX_KEPT_CHARACTERS = 10_000

/** Resolves with the first match in the standard output of a child. Rejects if it ends before. */
export const firstMatch = (child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (data) => {
      text = `${text}${data}`.slice(-MAX_KEPT_CHARACTERS)
      const match = pattern.exec(text)
      if (match) resolve(match)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the child ended with ${code} before it printed ${pattern}\n${text}`)))
  })

/** Starts a command. Its standard error goes to ours. */
export const startChild = ([command = '', ...args]: readonly string[]): Child => {
  const child = registerChild(spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] }))
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
    outputMatch: (pattern) => {
      const match = firstMatch(child, pattern)
      // The caller awaits no match if something else fails first.
      match.catch(() => {})
      return match
    },
    output,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Returns the command that runs a module of the bench. `url` is relative to `base`. The argument is passed as JSON. */
export const moduleCommand = (core: Core, url: string, base: string, argument: unknown = {}): readonly string[] =>
  pinned(core, [process.execPath, fileURLToPath(new URL(url, base)), JSON.stringify(argument)])

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const OWNER = fileURLToPath(new URL('./owner.ts', import.meta.url))

/** A process that owns a journal. */
export interface Owner {
  readonly pid: number
  /** What it prints, line by line. */
  readonly lines: AsyncIterableIterator<string>
  /** Ends it as `kill -9` does. */
  readonly kill: () => Promise<void>
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Starts a process that runs `owner.ts` with these arguments. */
export const startOwner = (path: string, ...what: readonly string[]): Owner => {
  const child = spawn(process.execPath, ['--expose-gc', '--conditions=@callboard/source', OWNER, path, ...what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await ended(child)
  }
  return { pid: child.pid ?? 0, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), kill }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const OWNER = fileURLToPath(new URL('./owner.ts', import.meta.url))

/** A process that owns a journal. */
export interface Owner {
  readonly pid: number
  /** The lines of its standard output. */
  readonly lines: AsyncIterableIterator<string>
  /** Sends SIGKILL and waits for the exit. */
  readonly kill: () => Promise<void>
}

const waitForExit = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Starts a process that runs `owner.ts` with the path and these arguments. */
export const startOwner = (path: string, ...args: readonly string[]): Owner => {
  const child = spawn(process.execPath, ['--expose-gc', '--conditions=@callboard/source', OWNER, path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await waitForExit(child)
  }
  return { pid: child.pid ?? 0, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), kill }
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const WRITER = fileURLToPath(new URL('./writer.ts', import.meta.url))

/** What a child is to write, and where. */
export interface Writing {
  readonly path: string
  readonly rotate?: Readonly<Record<string, unknown>>
  readonly count: number
  readonly together: number
  /** Bytes of a body. */
  readonly size: number
}

const argumentsFor = ({ path, rotate, count, together, size }: Writing): readonly string[] => [
  '--conditions=@callboard/source',
  WRITER,
  JSON.stringify({ path, ...(rotate && { rotate }) }),
  ...[count, together, size].map(String),
]

/** What is known of a child that has ended. */
export interface Ended {
  /** What it said: `delivered 7`, `failed 7 EIO`. */
  readonly said: readonly string[]
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const endOf = async (child: ChildProcess, heard: (line: string) => void): Promise<Ended> => {
  const said: string[] = []
  const closed = once(child, 'close')
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line)
      heard(line)
    })
  }
  await closed
  return { said, code: child.exitCode, signal: child.signalCode }
}

/** Runs a child to its end; `heard` is told each line as it comes, and may kill. */
export const written = (writing: Writing, heard: (line: string, child: ChildProcess) => void = () => {}): Promise<Ended> => {
  const child = spawn(process.execPath, argumentsFor(writing), { stdio: ['ignore', 'pipe', 'inherit'] })
  return endOf(child, (line) => heard(line, child))
}

/** Why no process can be traced here; undefined where one can. */
export const notTraceable = (): string | undefined => {
  const { error, status } = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true'])
  if (error) return 'strace is not installed'
  return status === 0 ? undefined : 'strace may not trace here'
}

/**
 * Runs a child under strace. It has one thread for files, so that their calls come one after the other and can be counted; the trace
 * is written to `trace`.
 */
export const traced = (writing: Writing, trace: string, inject: readonly string[] = []): Promise<Ended> => {
  const rules = ['trace=openat,rename,write,fsync,fdatasync', ...inject.map((rule) => `inject=${rule}`)]
  const options = ['-f', '-qq', '-y', '-o', trace, ...rules.flatMap((rule) => ['-e', rule])]
  const child = spawn('strace', [...options, process.execPath, ...argumentsFor(writing)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  })
  return endOf(child, () => {})
}

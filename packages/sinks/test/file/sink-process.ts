import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('./sink-process-main.ts', import.meta.url))

/** The events that a sink process writes, and the options of its sink. */
export interface WriteJob {
  readonly path: string
  readonly rotate?: Readonly<Record<string, unknown>>
  /** The number of events. */
  readonly count: number
  /** The number of writes that run at the same time. */
  readonly concurrency: number
  /** The length in bytes of the text in each event body. */
  readonly textBytes: number
}

const argumentsFor = ({ path, rotate, count, concurrency, textBytes }: WriteJob): readonly string[] => [
  '--conditions=@callboard/source',
  MAIN,
  JSON.stringify({ path, ...(rotate && { rotate }) }),
  ...[count, concurrency, textBytes].map(String),
]

/** The output and the exit status of a sink process that has ended. */
export interface ProcessResult {
  /** The lines that the process printed, such as `delivered 7` and `failed 7 EIO`. */
  readonly output: readonly string[]
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

const resultOf = async (child: ChildProcess, onLine: (line: string) => void): Promise<ProcessResult> => {
  const output: string[] = []
  const closed = once(child, 'close')
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line)
      onLine(line)
    })
  }
  await closed
  return { output, exitCode: child.exitCode, signal: child.signalCode }
}

/** Runs a sink process until it ends. Calls `onLine` for each line that the process prints. `onLine` may kill the process. */
export const runSinkProcess = (job: WriteJob, onLine: (line: string, child: ChildProcess) => void = () => {}): Promise<ProcessResult> => {
  const child = spawn(process.execPath, argumentsFor(job), { stdio: ['ignore', 'pipe', 'inherit'] })
  return resultOf(child, (line) => onLine(line, child))
}

/** Returns the reason why this machine cannot trace a process, or undefined if it can. */
export const straceProblem = (): string | undefined => {
  const { error, status } = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true'])
  if (error) return 'strace is not installed'
  return status === 0 ? undefined : 'strace has no permission to trace'
}

/**
 * Runs a sink process under strace and writes the trace to `tracePath`. Each item of `faults` is an argument of the `inject` option
 * of strace. The process has one thread for file calls. Therefore the calls run one after the other and strace can count them.
 */
export const runTracedSinkProcess = (job: WriteJob, tracePath: string, faults: readonly string[] = []): Promise<ProcessResult> => {
  const rules = ['trace=openat,rename,write,fsync,fdatasync', ...faults.map((fault) => `inject=${fault}`)]
  const options = ['-f', '-qq', '-y', '-o', tracePath, ...rules.flatMap((rule) => ['-e', rule])]
  const child = spawn('strace', [...options, process.execPath, ...argumentsFor(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  })
  return resultOf(child, () => {})
}

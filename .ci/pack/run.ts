import { type ChildProcess, spawn } from 'node:child_process'
import { plainEnv } from './environment.ts'

/** Options of a command. */
export interface Running {
  readonly cwd: string
  /** The directory of the Node that runs it; default the Node of the machine. */
  readonly node?: string
  /** Timeout in seconds. */
  readonly within?: number
}

/** An install takes seconds. After minutes it waits for a registry that does not answer. */
const WITHIN = 180
const LAST_LINES = 60

const running = new Set<ChildProcess>()
/** Ends a command and all processes that it started. */
const end = ({ pid }: ChildProcess): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
process.on('exit', () => {
  for (const child of running) end(child)
})
for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) process.on(signal, () => process.exit(code))

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-LAST_LINES).join('\n')

/** Runs a command and resolves with its standard output. Rejects with the end of its output when it fails or times out. */
export const run = (command: string, args: readonly string[], { cwd, node, within = WITHIN }: Running): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: plainEnv(node), stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    running.add(child)
    let out = ''
    let all = ''
    const settle = (how: () => void) => {
      clearTimeout(timer)
      running.delete(child)
      how()
    }
    const failed = (how: string) => settle(() => reject(new Error(`${[command, ...args].join(' ')}, in ${cwd}, ${how}\n${lastLines(all)}`)))
    const timer = setTimeout(() => {
      end(child)
      failed(`had not ended after ${within} s, and was ended`)
      // A process that left the group may still hold these open.
      child.stdout.destroy()
      child.stderr.destroy()
    }, within * 1_000)
    child.stdout.on('data', (data) => {
      out += data
      all += data
    })
    child.stderr.on('data', (data) => {
      all += data
    })
    child.on('error', (error) => failed(`could not be started: ${error.message}`))
    child.on('close', (code, signal) => (code === 0 ? settle(() => resolve(out)) : failed(`ended with ${code ?? signal}`)))
  })

/** Runs the work for each item, two at a time. */
export const inPairs = async <A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<readonly B[]> => {
  const results = new Map<number, B>()
  const waiting = [...items.entries()]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.set(next[0], await work(next[1]))
  }
  await Promise.all([worker(), worker()])
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}

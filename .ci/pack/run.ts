import { spawn } from 'node:child_process'

/** What scripts are told by the package manager that runs them is not for the one that they run. */
const plainEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|PNPM_|INIT_CWD$|NODE_PATH$|NODE_OPTIONS$)/.test(name)))

/** Runs a command to its end and gives what it printed to standard output; rejects with all it printed when it fails. */
export const run = (command: string, args: readonly string[], cwd: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: plainEnv(), stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let all = ''
    child.stdout.on('data', (data) => {
      out += data
      all += data
    })
    child.stderr.on('data', (data) => {
      all += data
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${[command, ...args].join(' ')}, in ${cwd}, ended with ${code}\n${all}`)),
    )
  })

/** Does the work for each, two at a time: there are machines with two cores. */
export const inPairs = async <A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<readonly B[]> => {
  const results = new Map<number, B>()
  const waiting = [...items.entries()]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.set(next[0], await work(next[1]))
  }
  await Promise.all([worker(), worker()])
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}

import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

// Loaded before the demo server of `npx -y pnpm start`. On SIGTERM npx ends itself and the shell below it, but pnpm and this server
// would stay. So this process stops when one of the processes between npx and itself has ended.

const POLL_INTERVAL_MS = 500
const isStartedByNpx = process.env.npm_execpath?.includes('/_npx/') === true

/** Returns the parent and the process group of a process. Throws if the system does not tell. */
const readProcess = (pid: number) => {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '')
  const [, parent, group] = afterName.trim().split(' ').map(Number)
  return { parent: parent ?? 0, group }
}

/** Returns the ancestors in the process group of this process, as text. Returns an empty text if the system does not tell. */
const ancestors = (): string => {
  try {
    const { group } = readProcess(process.pid)
    const pids: number[] = []
    for (let pid = process.ppid; pid > 1 && readProcess(pid).group === group; pid = readProcess(pid).parent) pids.push(pid)
    return pids.join(' ')
  } catch {
    return ''
  }
}

const first = isMainThread && isStartedByNpx ? ancestors() : ''
if (first !== '') {
  const timer = setInterval(() => {
    if (ancestors() === first) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, POLL_INTERVAL_MS).unref()
  // Ctrl-C reaches every process. A second signal would end this one before it has drained.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT']) process.once(signal, () => clearInterval(timer))
}

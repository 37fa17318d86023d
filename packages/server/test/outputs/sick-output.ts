import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as passed } from 'node:timers/promises'
import { bin, tempDirectory } from '../program.ts'

// Runs the built program with a standard output or a standard error that fails or takes no data.

/** A way in which an output fails. */
export type Sickness =
  | 'its reader has left'
  | 'its disk is full'
  | 'its reader sleeps'
  | 'its terminal has closed'
  | 'Ctrl-S has stopped its terminal'
export type OutputName = 'stdout' | 'stderr' | 'both'

export const TERMINAL_SICKNESSES: readonly Sickness[] = ['its terminal has closed', 'Ctrl-S has stopped its terminal']
const CTRL_S = '\u0013'
const POLL_INTERVAL_MS = 20
const MAX_WAIT_MS = 60_000

/** Waits until the check returns a value. */
export const eventually = async <A>(check: () => Promise<A | undefined>): Promise<A> => {
  for (const until = performance.now() + MAX_WAIT_MS; performance.now() < until; await passed(POLL_INTERVAL_MS)) {
    const value = await check().catch(() => undefined)
    if (value !== undefined) return value
  }
  throw new Error(`did not happen within ${MAX_WAIT_MS} ms: ${check}`)
}

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Opens a FIFO for both sides, and fills it if nothing is to fit. */
const openFifo = (path: string, full: boolean): number => {
  execFileSync('mkfifo', [path])
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  try {
    for (const filler = Buffer.alloc(4_096, 'x'); full; ) writeSync(fd, filler)
  } catch {
    // It is full.
  }
  return fd
}

const redirection = (output: OutputName, to: string | undefined): string => {
  const sick = to === undefined ? '' : ` ${output === 'stderr' ? '2' : '1'}>${to}`
  if (output === 'both') return to === undefined ? '' : `${sick} 2>&1`
  return `${sick} ${output === 'stdout' ? '2>err.log' : '1>out.log'}`
}

const run = (directory: string, line: string, sickness: Sickness): ChildProcess => {
  const [command, ...args] = TERMINAL_SICKNESSES.includes(sickness) ? ['script', '-qfc', 'sh run.sh', '/dev/null'] : ['sh', 'run.sh']
  // The shell keeps the exit code, also when its terminal closes.
  const script = `trap '' HUP\n${line} &\necho $! > pid.part && mv pid.part pid\nwait $!\necho $? > code.part && mv code.part code\n`
  execFileSync('sh', ['-c', 'cat > run.sh'], { cwd: directory, input: script })
  return spawn(command ?? '', args, { cwd: directory, env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['pipe', 'ignore', 'ignore'] })
}

/** Starts `callboard start` with this configuration behind its listeners, and makes its output sick as soon as it can be. */
export const startWithSickOutput = async (output: OutputName, sickness: Sickness, config: string) => {
  const { dir, remove } = await tempDirectory()
  const [port, adminPort] = [await freePort(), await freePort()]
  await writeFile(join(dir, 'callboard.yaml'), `listen: { port: ${port} }\nadmin: { port: ${adminPort} }\n${config}`)
  const fifo =
    sickness === 'its reader has left' || sickness === 'its reader sleeps'
      ? openFifo(join(dir, 'fifo'), sickness === 'its reader sleeps')
      : undefined
  const target = fifo === undefined ? (sickness === 'its disk is full' ? '/dev/full' : undefined) : 'fifo'
  const child = run(dir, `'${process.execPath}' '${bin}' start${redirection(output, target)}`, sickness)
  const adminUrl = `http://127.0.0.1:${adminPort}`
  const read = (file: string) => readFile(join(dir, file), 'utf8')
  const pid = Number(await eventually(() => read('pid')))
  const close = async () => {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
    child.kill('SIGKILL')
    if (fifo !== undefined && sickness !== 'its reader has left') closeSync(fifo)
    await remove()
  }
  try {
    await eventually(async () => (await fetch(`${adminUrl}/health/ready`)).ok || undefined)
    if (sickness === 'its reader has left' && fifo !== undefined) closeSync(fifo)
    if (sickness === 'its terminal has closed') child.kill('SIGKILL')
    if (sickness === 'Ctrl-S has stopped its terminal') child.stdin?.write(CTRL_S)
  } catch (error) {
    await close()
    throw error
  }
  return {
    url: `http://127.0.0.1:${port}/callback`,
    adminUrl,
    dir,
    read,
    signal: (signal: NodeJS.Signals) => process.kill(pid, signal),
    /** Resolves with the exit code once the program has ended. */
    exitCode: () => eventually(() => read('code')).then(Number),
    close,
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The built program, run by plain Node.

export const bin = fileURLToPath(new URL('../bin/callboard.js', import.meta.url))

/** How a program ended, and all that it printed. */
export interface ProgramResult {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A program that has started. */
export interface RunningProgram {
  readonly child: ChildProcess
  /** Resolves with the first match in standard output. Rejects when the program ends without one. */
  readonly prints: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly ended: Promise<ProgramResult>
}

/** The directory, environment and wrapper of a program. */
export interface RunOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  /** The command that runs it, such as strace with its options. */
  readonly under?: readonly string[]
}

/** Kept below mocha's timeout, so that a test whose program prints nothing still ends that program. */
const PRINT_TIMEOUT_MS = 60_000

const start = ([command = '', ...args]: readonly string[], { cwd, env }: RunOptions): RunningProgram => {
  const child = spawn(command, args, { cwd, env: { ...process.env, NODE_OPTIONS: '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  const waiting = new Set<() => void>()
  child.stdout.on('data', (data) => {
    out += data
    for (const look of waiting) look()
  })
  child.stderr.on('data', (data) => {
    err += data
  })
  const ended = new Promise<ProgramResult>((resolve) => child.on('close', (code) => resolve({ code, out, err })))
  const prints = async (pattern: RegExp): Promise<RegExpExecArray> => {
    let look = () => {}
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise((resolve, reject) => {
        const fail = (problem: string) => reject(new Error(`${problem} ${pattern}\n${out}\n${err}`))
        look = () => {
          const match = pattern.exec(out)
          if (match) resolve(match)
        }
        timer = setTimeout(() => fail(`the program did not print within ${PRINT_TIMEOUT_MS} ms:`), PRINT_TIMEOUT_MS)
        ended.then(({ code }) => fail(`the program ended with ${code} and did not print`))
        waiting.add(look)
        look()
      })
    } finally {
      clearTimeout(timer)
      waiting.delete(look)
    }
  }
  return { child, prints, ended }
}

/** Starts the program. */
export const startProgram = (args: readonly string[], options: RunOptions): RunningProgram =>
  start([...(options.under ?? []), process.execPath, bin, ...args], options)

/** Starts a shell command. */
export const startShell = (line: string, options: RunOptions): RunningProgram => start(['sh', '-c', line], options)

/** Runs a command to its end. */
export const runProgram = (args: readonly string[], options: RunOptions): Promise<ProgramResult> => startProgram(args, options).ended

/** Parses JSON Lines. */
export const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** Makes a temporary directory, with this text as its `callboard.yaml`. */
export const tempDirectory = async (yaml?: string): Promise<{ dir: string; remove: () => Promise<void> }> => {
  const dir = await mkdtemp(join(tmpdir(), 'callboard-'))
  if (yaml !== undefined) await writeFile(join(dir, 'callboard.yaml'), yaml)
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

/** A running `callboard start`, which takes callbacks. */
export interface ProgramServer extends RunningProgram {
  /** Its working directory. */
  readonly dir: string
  /** The callback URL. */
  readonly url: string
  /** The URL of the admin listener, without a path. */
  readonly adminUrl: string
  /** Runs another command in the same directory and environment. */
  readonly callboard: (...args: readonly string[]) => Promise<ProgramResult>
  /** Sends a signal and waits for the end. Default: SIGKILL. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<ProgramResult>
}

const ready = async (started: RunningProgram, { cwd, env = {} }: RunOptions): Promise<ProgramServer> => {
  const [, adminUrl = ''] = await started.prints(/health: (http\S+?)\/health\/ready[\s"]/)
  const [, url = ''] = await started.prints(/callback URL: (http\S+?)[\s"]/)
  const stop = (signal: NodeJS.Signals = 'SIGKILL') => {
    started.child.kill(signal)
    return started.ended
  }
  return { ...started, dir: cwd, url, adminUrl, callboard: (...args) => runProgram(args, { cwd, env }), stop }
}

/** Starts `callboard start` and waits until it takes callbacks. */
export const startServer = (options: RunOptions): Promise<ProgramServer> => ready(startProgram(['start'], options), options)

/** Starts a server in a temporary directory. `close` works before it is ready, too: it kills the server and removes the directory. */
const openServer = async (yaml: string, env: NodeJS.ProcessEnv = {}) => {
  const { dir, remove } = await tempDirectory(yaml)
  const started = startProgram(['start'], { cwd: dir, env })
  const close = async () => {
    started.child.kill('SIGKILL')
    await started.ended
    await remove()
  }
  return { server: () => ready(started, { cwd: dir, env }), close }
}

/** Runs the work with a server of this configuration, then kills the server and removes its directory. */
export const withServer = async <A>(yaml: string, work: (server: ProgramServer) => Promise<A>, env?: NodeJS.ProcessEnv): Promise<A> => {
  const { server, close } = await openServer(yaml, env)
  try {
    return await work(await server())
  } finally {
    await close()
  }
}

/** Registers the hooks of a suite whose tests share one server. Returns a function that returns the server. */
export const sharedServer = (yaml: () => string | Promise<string>, env?: NodeJS.ProcessEnv): (() => ProgramServer) => {
  let opened: Awaited<ReturnType<typeof openServer>> | undefined
  let current: ProgramServer | undefined
  before(async () => {
    opened = await openServer(await yaml(), env)
    current = await opened.server()
  })
  after(() => opened?.close())
  return () => {
    if (!current) throw new Error('the server is not ready')
    return current
  }
}

/** A request that a receiver got. */
export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
/** An HTTP listener that keeps each request and answers it with `status`. */
export const receiver = async (status: () => number = () => 204) => {
  const got: ReceivedRequest[] = []
  const server = createServer((req, res) => {
    let body = ''
    req.setEncoding('utf8')
    req.on('data', (chunk) => {
      body += chunk
    })
    req.on('end', () => {
      got.push({ headers: req.headers, body })
      res.writeHead(status()).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    got,
    url: `http://127.0.0.1:${port}/hook`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The real program, as `pnpm build` makes it, on plain Node.

export const bin = fileURLToPath(new URL('../bin/callboard.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A program that is running. */
export interface Started {
  readonly child: ChildProcess
  /** Resolves with the first match in what it prints to standard output; rejects when it ends before that. */
  readonly prints: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly ended: Promise<Ended>
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  /** What runs it, such as strace with its options. */
  readonly under?: readonly string[]
}

const start = ([command = '', ...args]: readonly string[], { cwd, env }: RunOptions): Started => {
  const child = spawn(command, args, { cwd, env: { ...process.env, NODE_OPTIONS: '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  let look = () => {}
  child.stdout.on('data', (data) => {
    out += data
    look()
  })
  child.stderr.on('data', (data) => {
    err += data
  })
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })))
  const prints = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      look = () => {
        const match = pattern.exec(out)
        if (match) resolve(match)
      }
      look()
      ended.then(({ code }) => reject(new Error(`ended with ${code} before it printed ${pattern}\n${out}\n${err}`)))
    })
  return { child, prints, ended }
}

/** Starts the program. */
export const startProgram = (args: readonly string[], options: RunOptions): Started =>
  start([...(options.under ?? []), process.execPath, bin, ...args], options)

/** Starts a line of a shell. */
export const startLine = (line: string, options: RunOptions): Started => start(['sh', '-c', line], options)

/** Runs a command to its end. */
export const runProgram = (args: readonly string[], options: RunOptions): Promise<Ended> => startProgram(args, options).ended

/** JSON Lines as values. */
export const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** A directory of its own for each test, with a configuration. */
export const workplace = async (yaml?: string): Promise<{ dir: string; remove: () => Promise<void> }> => {
  const dir = await mkdtemp(join(tmpdir(), 'callboard-'))
  if (yaml !== undefined) await writeFile(join(dir, 'callboard.yaml'), yaml)
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

export interface Got {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
/** An HTTP listener that keeps what it is sent and answers `status`. */
export const receiver = async (status: () => number = () => 204) => {
  const got: Got[] = []
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

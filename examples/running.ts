import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// How the tests run the examples: each in a copy of its own, by the scripts of its package.json, as a user would.

/** A program that is running. */
export interface Program {
  /** Resolves with the first match in what it prints; rejects when it ends before that. */
  readonly prints: (pattern: RegExp) => Promise<RegExpExecArray>
  /** Its exit code, once it has ended by itself. */
  readonly ended: Promise<number | null>
  /** Asks it to end, and gives its exit code. */
  readonly stop: () => Promise<number | null>
}

/** A copy of an example. */
export interface Copy {
  readonly dir: string
  /** Runs a command line as `npm run` would. */
  readonly run: (commandLine: string, env?: NodeJS.ProcessEnv) => Program
  /** Runs a script of its package.json. */
  readonly script: (name: string, env?: NodeJS.ProcessEnv) => Promise<Program>
}

const start = (commandLine: string, cwd: string, env: NodeJS.ProcessEnv): Program => {
  const path = [join(cwd, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH].join(delimiter)
  const child = spawn(`exec ${commandLine}`, {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', PATH: path, ...env },
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const looking = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      printed += data
      for (const look of looking) look()
    })
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    ended,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(printed)
          if (found) resolve(found)
        }
        looking.add(look)
        look()
        ended.then((code) => reject(new Error(`\`${commandLine}\` ended with ${code} before it printed ${pattern}\n${printed}`)))
      }),
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** Copies the example that a test belongs to, runs the work there, and ends whatever is still running. */
export const inCopy = async (test: string, work: (copy: Copy) => Promise<void>): Promise<void> => {
  const example = dirname(dirname(fileURLToPath(test)))
  const dir = await mkdtemp(join(tmpdir(), `callboard-${basename(example)}-`))
  const modules = join(example, 'node_modules')
  await cp(example, dir, { recursive: true, filter: (source) => source !== modules && source !== join(example, 'data') })
  await symlink(modules, join(dir, 'node_modules'))
  const programs: Program[] = []
  const run: Copy['run'] = (commandLine, env = {}) => {
    const program = start(commandLine, dir, env)
    programs.push(program)
    return program
  }
  try {
    const { scripts } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'))
    await work({ dir, run, script: async (name, env) => run(scripts[name], env) })
  } finally {
    await Promise.all(programs.map(({ stop }) => stop()))
    await rm(dir, { recursive: true })
  }
}

import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The tests run each example as a user would: in a copy of its own, with the scripts of its package.json.

/** A running program. */
export interface Program {
  /** Resolves with the first match in the output. Rejects when the program ends without one. */
  readonly waitForOutput: (pattern: RegExp) => Promise<RegExpExecArray>
  /** Resolves with the exit code when the program has ended. */
  readonly exitCode: Promise<number | null>
  /** Sends SIGTERM and resolves with the exit code. */
  readonly stop: () => Promise<number | null>
}

/** A copy of an example. */
export interface ExampleCopy {
  readonly dir: string
  /** Runs a command line as `npm run` would. */
  readonly run: (commandLine: string, env?: NodeJS.ProcessEnv) => Program
  /** Runs a script of the package.json. */
  readonly script: (name: string, env?: NodeJS.ProcessEnv) => Promise<Program>
}

const startProgram = (commandLine: string, cwd: string, env: NodeJS.ProcessEnv): Program => {
  const path = [join(cwd, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH].join(delimiter)
  const child = spawn(`exec ${commandLine}`, {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', PATH: path, ...env },
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const checks = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data
      for (const check of checks) check()
    })
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    exitCode: ended,
    waitForOutput: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = pattern.exec(output)
          if (found) resolve(found)
        }
        checks.add(check)
        check()
        ended.then((code) => reject(new Error(`\`${commandLine}\` ended with ${code} without printing ${pattern}\n${output}`)))
      }),
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** Copies the example of a test, calls `work` with the copy, and then stops every program that still runs. */
export const runExample = async (test: string, work: (copy: ExampleCopy) => Promise<void>): Promise<void> => {
  const example = dirname(dirname(fileURLToPath(test)))
  const dir = await mkdtemp(join(tmpdir(), `callboard-${basename(example)}-`))
  const modules = join(example, 'node_modules')
  await cp(example, dir, { recursive: true, filter: (source) => source !== modules && source !== join(example, 'data') })
  await symlink(modules, join(dir, 'node_modules'))
  const programs: Program[] = []
  const run: ExampleCopy['run'] = (commandLine, env = {}) => {
    const program = startProgram(commandLine, dir, env)
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

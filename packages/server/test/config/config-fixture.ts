import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ConfigResult, readConfigText } from '../../src/config/read.ts'

/** The directory of the test plugins, sinks and decisions. */
export const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))

/** Reads a configuration as if its file were in the directory of the fixtures. */
export const read = (text: string, env: NodeJS.ProcessEnv = {}): Promise<ConfigResult> =>
  readConfigText(text, join(fixtures, 'callboard.yaml'), env)

/** The problems without the file name, such as `3:7 unknown key "x"`. Warnings are marked. */
export const lines = ({ problems }: Pick<ConfigResult, 'problems'>): readonly string[] =>
  problems.map(({ line, column, message, level }) => `${line}:${column} ${level === 'warning' ? 'warning: ' : ''}${message}`)

/** Runs the work in a temporary directory with these files, and removes the directory afterwards. */
export const inDirectory = async <A>(files: Readonly<Record<string, string>>, run: (directory: string) => Promise<A>): Promise<A> => {
  const directory = await mkdtemp(join(tmpdir(), 'callboard-config-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
    return await run(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const core = fileURLToPath(new URL('../../../core', import.meta.url))

/** Runs the work in a temporary directory with these files, whose modules can import core as an installed package. */
export const inProject = <A>(files: Readonly<Record<string, string>>, run: (directory: string) => Promise<A>): Promise<A> =>
  inDirectory({ 'package.json': '{ "type": "module" }', ...files }, async (directory) => {
    await mkdir(join(directory, 'node_modules/@callboard'), { recursive: true })
    await symlink(core, join(directory, 'node_modules/@callboard/core'))
    return run(directory)
  })

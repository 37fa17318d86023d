import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ConfigResult, readConfigText } from '../../src/config/read.ts'

/** Where our own plugins, sinks and decisions are. */
export const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))

/** Reads a configuration as if it stood beside the fixtures. */
export const read = (text: string, env: NodeJS.ProcessEnv = {}): Promise<ConfigResult> =>
  readConfigText(text, join(fixtures, 'callboard.yaml'), env)

/** Problems without the file: `3:7 unknown key "x"`, warnings marked. */
export const lines = ({ problems }: Pick<ConfigResult, 'problems'>): readonly string[] =>
  problems.map(({ line, column, message, level }) => `${line}:${column} ${level === 'warning' ? 'warning: ' : ''}${message}`)

/** Does something in a directory of its own, which is removed afterwards. */
export const inDirectory = async <A>(files: Readonly<Record<string, string>>, run: (directory: string) => Promise<A>): Promise<A> => {
  const directory = await mkdtemp(join(tmpdir(), 'callboard-config-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
    return await run(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

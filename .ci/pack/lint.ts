import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { run } from './run.ts'
import type { Tarball } from './tarballs.ts'

const arrayBuffer = (path: string): ArrayBuffer => {
  const bytes = readFileSync(path)
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  return copy
}

/** Rejects with the problems that publint and "are the types wrong" find in a package. */
export const lint = async (root: string, { name, path }: Tarball): Promise<void> => {
  const { messages, pkg } = await publint({ pack: { tarball: arrayBuffer(path) }, strict: true })
  const said = messages.map((message) => formatMessage(message, pkg, { color: false }))
  if (said.length > 0) throw new Error(`publint about ${name}:\n${said.join('\n')}`)
  await run(join(root, 'node_modules/.bin/attw'), [path, '--profile', 'esm-only', '--no-definitely-typed', '--no-color'], { cwd: root })
}

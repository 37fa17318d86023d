import { readFileSync } from 'node:fs'
import { reasons, struct } from '@callboard/core'
import * as t from 'io-ts'

const Manifest = struct({
  version: t.string,
  engines: struct({ node: t.string }),
  dependencies: struct({ 'fp-ts': t.string, 'io-ts': t.string }),
})

const read = (): t.TypeOf<typeof Manifest> => {
  const decoded = Manifest.decode(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))
  if (decoded._tag === 'Left') throw new TypeError(`package.json: ${reasons(decoded.left).join('; ')}`)
  return decoded.right
}

/** What the package of this program says of itself. */
export const manifest: t.TypeOf<typeof Manifest> = read()

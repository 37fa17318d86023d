import { readFileSync } from 'node:fs'
import { formatErrors, struct } from '@callboard/core'
import * as t from 'io-ts'

const PackageJson = struct({
  version: t.string,
  engines: struct({ node: t.string }),
  dependencies: struct({ 'fp-ts': t.string, 'io-ts': t.string }),
})

const read = (): t.TypeOf<typeof PackageJson> => {
  const decoded = PackageJson.decode(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))
  if (decoded._tag === 'Left') throw new TypeError(`package.json: ${formatErrors(decoded.left).join('; ')}`)
  return decoded.right
}

/** The package.json of this program. */
export const packageJson: t.TypeOf<typeof PackageJson> = read()

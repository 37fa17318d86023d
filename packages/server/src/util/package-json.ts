import { readFileSync } from 'node:fs'
import { formatErrors, string, struct, type TypeOf } from '@callboard/core'

const PackageJson = struct({ version: string, engines: struct({ node: string }) })

const read = (): TypeOf<typeof PackageJson> => {
  const decoded = PackageJson.decode(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))
  if (decoded._tag === 'Left') throw new TypeError(`package.json: ${formatErrors(decoded.left).join('; ')}`)
  return decoded.right
}

/** The package.json of this program. */
export const packageJson: TypeOf<typeof PackageJson> = read()

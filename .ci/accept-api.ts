// Writes the exports of the named packages into their reviewed lists, after an intended change.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiOf, lists, published } from '../packages/testing/test/api.ts'

const named = process.argv.slice(2)
const unknown = named.filter((name) => !published.includes(name))
if (named.length === 0 || unknown.length > 0) {
  console.error(`node .ci/accept-api.ts PACKAGE..., of ${published.join(', ')}`)
  process.exit(64)
}
for (const name of named) writeFileSync(join(lists, `${name}.txt`), `${apiOf(name).join('\n')}\n`)

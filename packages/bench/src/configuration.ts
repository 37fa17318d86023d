import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { APP, TOKEN } from './callback-body.ts'

/** A directory of its own below `dir`, with a configuration for `callboard start`. `sink` is the options of the only sink. */
export const place = async (dir: string, journal: 'memory' | 'sqlite', sink: string): Promise<string> => {
  await mkdir(dir, { recursive: true })
  const own = await mkdtemp(join(dir, 'callboard-'))
  const text = `apps: [{ sdkAppId: ${APP}, tokens: [${TOKEN}] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: ${journal}${journal === 'sqlite' ? ', path: ./data/callboard.db' : ''} }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  only: ${sink}
routes: { "*": [only] }
`
  await writeFile(join(own, 'callboard.yaml'), text)
  return own
}

export const FILE_SINK = '{ use: file, path: "./data/{command}.jsonl" }'

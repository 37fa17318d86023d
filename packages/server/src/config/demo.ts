import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type ConfigResult, readConfigText } from './read.ts'

const DEMO_APP = 1400000000

const text = (token: string) => `
apps: [{ sdkAppId: ${DEMO_APP}, tokens: ["${token}"] }]
journal: { use: sqlite, path: ./data/callboard.db }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  log: { use: log }
  file: { use: file, path: "./data/{command}.jsonl" }
routes: { Group.CallbackAfterGroupDestroyed: [log, file], "*": [log, file] }
`

/** The built-in configuration of `start --demo`: everything below `directory`/data, and a token of its own for each run. */
export const demoConfig = (directory: string): Promise<ConfigResult> =>
  readConfigText(text(randomBytes(12).toString('hex')), join(directory, 'built-in.yaml'), {})

import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { cannotCreate } from '../shared/files.ts'

const STARTER_CONFIG = `# Configuration of Callboard. Check it with \`callboard check\`, run it with \`callboard start\`.
apps:
  - sdkAppId: 1400000000                      # your SDKAppID
    tokens: ["\${env:CALLBOARD_TOKEN}"]        # the token from the Chat console; list two while you rotate it
listen: { host: 127.0.0.1, port: 8080, path: /callback }
admin: { host: 127.0.0.1, port: 9090 }        # /health/live, /health/ready
journal: { use: sqlite, path: ./data/callboard.db }
# retention: { delivered: 7d, dead: 30d, size: 10GiB }   # how long finished events are kept
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  log: { use: log }
  audit: { use: file, path: "./data/{command}.jsonl" }
  # crm: { use: webhook, url: "https://crm.example.com/im", secret: "\${env:CRM_SECRET}" }
routes:
  Group.CallbackAfterGroupDestroyed: [log, audit]
  "*": [log]                                  # every other command
`

/** Runs `init`: writes a starter configuration. Never overwrites a file. */
export const initCommand = async (configFile = 'callboard.yaml'): Promise<ExitCode> => {
  const file = resolve(configFile)
  await writeFile(file, STARTER_CONFIG, { flag: 'wx' }).catch((error: unknown) => {
    throw cannotCreate(file, error)
  })
  print(`wrote ${file}`)
  print('next: put your SDKAppID into it, set CALLBOARD_TOKEN, run `callboard check`, then `callboard start`')
  return EX.ok
}

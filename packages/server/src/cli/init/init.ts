import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { OperatorError } from '../../util/operator-error.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'

const text = `# Callboard. \`callboard check\` says what is wrong in here; \`callboard start\` runs it.
apps:
  - sdkAppId: 1400000000                      # your SDKAppID
    tokens: ["\${env:CALLBOARD_TOKEN}"]        # the authentication token of the console; two while rotating
listen: { host: 127.0.0.1, port: 8080, path: /callback }
admin: { host: 127.0.0.1, port: 9090 }        # /health/live, /health/ready
journal: { use: sqlite, path: ./data/callboard.db }
# retention: { delivered: 7d, dead: 30d, size: 10GiB }   # for how long events are kept once they are over
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  log: { use: log }
  audit: { use: file, path: "./data/{command}.jsonl" }
  # crm: { use: webhook, url: "https://crm.example.com/im", secret: "\${env:CRM_SECRET}" }
routes:
  Group.CallbackAfterGroupDestroyed: [log, audit]
  "*": [log]
`

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown error')

/** `init`: writes a configuration to start from, and never over one that is there. */
export const initCommand = async (named = 'callboard.yaml'): Promise<ExitCode> => {
  const file = resolve(named)
  await writeFile(file, text, { flag: 'wx' }).catch((error: unknown) => {
    const code = codeOf(error)
    throw new OperatorError(
      'cannotCreate',
      code === 'EEXIST' ? `${file} is there already, and is left as it is` : `${file} cannot be written (${code})`,
    )
  })
  print(`wrote ${file}: put in your SDKAppID, set CALLBOARD_TOKEN, then run \`callboard check\` and \`callboard start\``)
  return EX.ok
}

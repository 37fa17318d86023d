import { kindNames } from './names.ts'
import { type Package, packageFiles } from './package-files.ts'

/** Returns the package of a kind of sink. Throws an OperatorError if the name is invalid. */
export const newSink = (kind: string): Package => {
  const { words, camel, pascal } = kindNames(kind)
  const name = `callboard-sink-${kind}`
  const sink = `${camel}Sink`
  const configuration = `sinks: { ${kind}: { use: ./${name}/dist/index.js, path: ./${kind}.jsonl } }`

  const source = `import { open } from 'node:fs/promises'
import { defineSink, type Json, strictStruct, string } from '@callboard/core'

/** The options. Unknown options are an error. */
export const ${pascal}Options = strictStruct({ path: string })

declare module '@callboard/core' {
  interface HookPayloads {
    /** The payload that a plugin's hook may make for this kind of sink. */
    ${kind.includes('-') ? `'${kind}'` : kind}: Json
  }
}

/** Appends one line per event to the file at \`path\`. Replace this with the calls that your system needs. */
export const ${sink} = defineSink({
  kind: '${kind}',
  options: ${pascal}Options,
  open: async ({ path }) => {
    const file = await open(path, 'a')
    return {
      // Return: delivered. Throw: retried later. \`throw giveUp('reason')\`: dead at once.
      // An event may arrive twice, with the same id.
      write: async ({ event: { id, command, body }, payload = body }, signal) => {
        signal.throwIfAborted()
        await file.appendFile(\`\${JSON.stringify({ id, command, payload })}\\n\`)
        await file.datasync()
      },
      close: () => file.close(),
    }
  },
})
`
  const test = `import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeSink, unknownEvent } from '@callboard/testing'
import { ${sink} } from '../src/index.ts'

describeSink(
  '${kind}',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), '${kind}-'))
    return { sink: ${sink}({ path: join(directory, 'events.jsonl') }), clean: () => rm(directory, { recursive: true }) }
  },
  {
    event: unknownEvent({ status: 'accepted', key: 'one' }),
    wrong: [${sink}.configure({}), ${sink}.configure({ path: 'events.jsonl', paht: 'misspelt' })],
  },
)
`
  const readme = `# ${name}

The Callboard sink "${words}". Edit \`src/index.ts\`: the options, \`open\`, and \`write\` for one event.
The tests need Node 22.18 or newer.

\`\`\`sh
npm install
npm test
\`\`\`

Add to \`callboard.yaml\` in the parent directory:

\`\`\`yaml
${configuration}
routes: { "*": [${kind}] }
\`\`\`

| option | meaning |
|---|---|
| \`path\` | the file to append to |
`
  return {
    name,
    files: {
      ...packageFiles(name, `The ${kind} sink for Callboard`),
      'README.md': readme,
      'src/index.ts': source,
      'test/index.test.ts': test,
    },
    configuration,
  }
}

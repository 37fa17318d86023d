import { kindNames } from './names.ts'
import { type Package, packageFiles } from './package-files.ts'

/** A package with one kind of sink. Throws an OperatorError where the name is none. */
export const newSink = (kind: string): Package => {
  const { words, camel, pascal } = kindNames(kind)
  const name = `callboard-sink-${kind}`
  const sink = `${camel}Sink`
  const configuration = `sinks: { ${kind}: { use: ./${name}/dist/index.js, path: ./${kind}.jsonl } }`

  const source = `import { open } from 'node:fs/promises'
import { defineSink, type Json, strictStruct } from '@callboard/core'
import * as t from 'io-ts'

/** The options; what is not listed here is refused. */
export const ${pascal}Options = strictStruct({ path: t.string })

declare module '@callboard/core' {
  interface Shown {
    /** What a plugin's hook may show this kind of sink. */
    ${kind.includes('-') ? `'${kind}'` : kind}: Json
  }
}

/** Appends a line for each event to the file at \`path\`: do instead what your system needs. */
export const ${sink} = defineSink({
  kind: '${kind}',
  options: ${pascal}Options,
  open: async ({ path }) => {
    const file = await open(path, 'a')
    return {
      // To return means delivered, to throw again later, to \`throw giveUp('why')\` never. An event may come twice, under the same id.
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

A kind of sink for Callboard: ${words}. \`src/index.ts\` is all there is: the options, how it opens, and how it writes one event.
The tests want Node 22.18 or newer, the package what Callboard wants.

\`\`\`sh
npm install
npm test
\`\`\`

In \`callboard.yaml\`, in the directory above this one:

\`\`\`yaml
${configuration}
routes: { "*": [${kind}] }
\`\`\`

| option | |
|---|---|
| \`path\` | the file that gets a line for each event |
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

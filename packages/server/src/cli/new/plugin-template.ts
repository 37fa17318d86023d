import type { Plugin } from '@callboard/core'
import { builtInPlugins, packageOfCommand } from '../../config/resolve/built-in-plugins.ts'
import { commandNames } from './names.ts'
import { type Package, packageFiles } from './package-files.ts'

interface KeyField {
  readonly name: string
  readonly value: string
}

const PLAIN_KEY: KeyField = { name: 'From_Account', value: 'user1' }

/** The text of the sample that is its key. */
const keyFieldOf = ({ sample, decode }: Plugin): KeyField | undefined => {
  const found = decode(sample)
  const key = 'body' in found ? found.key : undefined
  const [name] = Object.entries(sample).find(([, value]) => value === key) ?? []
  return key === undefined || name === undefined ? undefined : { name, value: key }
}

/** The field that keeps order in most callbacks of a family. */
const keyFieldOfFamily = (plugins: readonly Plugin[]): KeyField => {
  const fields = plugins.flatMap((plugin) => keyFieldOf(plugin) ?? [])
  const timesOf = (wanted: string): number => fields.filter(({ name }) => name === wanted).length
  return fields.toSorted((a, b) => timesOf(b.name) - timesOf(a.name))[0] ?? PLAIN_KEY
}

const isBefore = (command: string): boolean => /\.(Callback)?Before/.test(command)

/** What the before-callbacks of a family may be answered. */
const verdictsOf = (plugins: readonly Plugin[]): string => {
  const { codes } = plugins.find(({ before }) => before?.codes)?.before ?? {}
  return codes ? `verdicts({ codes: [${codes.join(', ')}] })` : 'verdicts({})'
}

/** A package with one callback. Throws an OperatorError where the command is none. */
export const newPlugin = (command: string): Package => {
  const { family, words, kebab, camel, pascal } = commandNames(command)
  const name = `callboard-plugin-${kebab}`
  const relatives = builtInPlugins.filter((plugin) => plugin.command.startsWith(`${family}.`))
  const key = keyFieldOfFamily(relatives)
  const before = isBefore(command)
  const configuration = `plugins: [./${name}/dist/index.js]`
  const declaredBy = packageOfCommand.get(command)

  const source = `import { definePlugin, millis, struct${before ? ', verdicts' : ''} } from '@callboard/core'
import * as t from 'io-ts'

/** The body of \`${command}\` on the wire: required fields, then optional ones. Others pass, and are kept. */
export const ${pascal} = struct({ ${key.name}: t.string }, { EventTime: millis })
/** The decoded body: EventTime is a number, unknown fields are kept. */
export type ${pascal} = t.TypeOf<typeof ${pascal}>

/** What the vendor calls about, in a sentence. */
export const ${camel} = definePlugin({
  command: '${command}',
  title: '${words}',
  body: ${pascal},
  key: (body) => body.${key.name},${before ? `\n  before: ${verdictsOf(relatives)},` : ''}
  sample: { CallbackCommand: '${command}', ${key.name}: '${key.value}', EventTime: '1670574414123' },
  hooks: {
    log: ({ body }) => \`${words}: \${body.${key.name}}\`,
  },
})
`
  const test = `import { describePlugin } from '@callboard/testing'
import { ${camel} } from '../src/index.ts'

describePlugin(${camel})
`
  const decide = `
A decision is a module beside \`callboard.yaml\`, which \`decisions: { ${command}: { use: ./decide.js } }\` names there. Without one, all is allowed.

\`\`\`js
import { allow, decideWith, refuse } from '@callboard/core'
import { ${camel} } from './${name}/dist/index.js'

export default decideWith(${camel}, ({ body }) => (body.${key.name} === '' ? refuse() : allow))
\`\`\`
`
  const readme = `# ${name}

\`${command}\` for Callboard. \`src/index.ts\` is all there is: the fields of the body as they are on the wire, what keeps order, a
sample, and what each kind of sink is shown. The tests want Node 22.18 or newer, the package what Callboard wants.

\`\`\`sh
npm install
npm test
\`\`\`

In \`callboard.yaml\`, in the directory above this one:

\`\`\`yaml
${configuration}
\`\`\`
${before ? decide : ''}`

  return {
    name,
    files: { ...packageFiles(name, `${command} for Callboard`), 'README.md': readme, 'src/index.ts': source, 'test/index.test.ts': test },
    configuration,
    ...(declaredBy !== undefined && {
      warning: `${declaredBy} declares ${command} already, and two plugins for one command are an error: use one or the other`,
    }),
  }
}

import type { Plugin } from '@callboard/core'
import { builtInPlugins, packageOfCommand } from '../../config/resolve/built-in-plugins.ts'
import { commandNames } from './names.ts'
import { type Package, packageFiles } from './package-files.ts'

interface KeyField {
  readonly name: string
  /** Its value in the sample. */
  readonly value: string
}

const DEFAULT_KEY_FIELD: KeyField = { name: 'From_Account', value: 'user1' }

/** Finds the field of the sample that holds the key. */
const keyFieldOf = ({ sample, decode }: Plugin): KeyField | undefined => {
  const decoded = decode(sample)
  const key = 'body' in decoded ? decoded.key : undefined
  const [name] = Object.entries(sample).find(([, value]) => value === key) ?? []
  return key === undefined || name === undefined ? undefined : { name, value: key }
}

/** Finds the key field that most callbacks of the family have. */
const keyFieldOfFamily = (plugins: readonly Plugin[]): KeyField => {
  const fields = plugins.flatMap((plugin) => keyFieldOf(plugin) ?? [])
  const countOf = (field: KeyField): number => fields.filter(({ name }) => name === field.name).length
  return fields.toSorted((a, b) => countOf(b) - countOf(a))[0] ?? DEFAULT_KEY_FIELD
}

const isBefore = (command: string): boolean => /\.(Callback)?Before/.test(command)

/** Returns the source of `verdicts(...)` with the refusal codes of the family. */
const verdictsSource = (plugins: readonly Plugin[]): string => {
  const { codes } = plugins.find(({ before }) => before?.codes)?.before ?? {}
  return codes ? `verdicts({ codes: [${codes.join(', ')}] })` : 'verdicts({})'
}

/** Returns the package of a plugin for this command. Throws an OperatorError if the command is invalid. */
export const newPlugin = (command: string): Package => {
  const { family, words, kebab, camel, pascal } = commandNames(command)
  const name = `callboard-plugin-${kebab}`
  const relatives = builtInPlugins.filter((plugin) => plugin.command.startsWith(`${family}.`))
  const key = keyFieldOfFamily(relatives)
  const before = isBefore(command)
  const configuration = `plugins: [./${name}/dist/index.js]`
  const declaredBy = packageOfCommand.get(command)

  const source = `import { definePlugin, millis, string, struct, type TypeOf${before ? ', verdicts' : ''} } from '@callboard/core'

/** The body of \`${command}\` on the wire: required fields, then optional ones. Other fields are kept. */
export const ${pascal} = struct({ ${key.name}: string }, { EventTime: millis })
/** The decoded body. EventTime is a number. */
export type ${pascal} = TypeOf<typeof ${pascal}>

/** TODO: say in one sentence when Tencent sends this callback. */
export const ${camel} = definePlugin({
  command: '${command}',
  title: '${words}',
  body: ${pascal},
  key: (body) => body.${key.name},${before ? `\n  before: ${verdictsSource(relatives)},` : ''}
  sample: { ${key.name}: '${key.value}', EventTime: '1670574414123' },
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
The decision is a module next to \`callboard.yaml\`. Name it there: \`decisions: { ${command}: { use: ./decide.js } }\`.
Without a decision, every request is allowed.

\`\`\`js
import { allow, decideWith, refuse } from '@callboard/core'
import { ${camel} } from './${name}/dist/index.js'

export default decideWith(${camel}, ({ body }) => (body.${key.name} === '' ? refuse() : allow))
\`\`\`
`
  const readme = `# ${name}

The Callboard plugin for \`${command}\`. Edit \`src/index.ts\`: the fields of the body, the key that keeps events in order, a sample,
and the payload for each kind of sink. The tests need Node 22.18 or newer.

\`\`\`sh
npm install
npm test
\`\`\`

Add to \`callboard.yaml\` in the parent directory:

\`\`\`yaml
${configuration}
\`\`\`
${before ? decide : ''}`

  return {
    name,
    files: { ...packageFiles(name, `${command} for Callboard`), 'README.md': readme, 'src/index.ts': source, 'test/index.test.ts': test },
    configuration,
    ...(declaredBy !== undefined && {
      warning: `${declaredBy} declares ${command} already; load only one of the two plugins`,
    }),
  }
}

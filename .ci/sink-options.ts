// Prints the options of a kind of sink as JSON: `node --conditions=@callboard/source .ci/sink-options.ts file`.
import { isObject, isSinkKind } from '../packages/core/src/index.ts'

/** An option and its expected value. */
type Option = readonly [name: string, expected: string]

// The codecs may come from another copy of core, so `instanceof` does not work.
const isFields = (value: unknown): value is Readonly<Record<string, { readonly name: string }>> =>
  isObject(value) && Object.values(value).every((each) => isObject(each) && typeof each.name === 'string')

const optionsOf = (codec: object, before = '', needed = true): readonly Option[] => {
  if (!('required' in codec && 'optional' in codec && isFields(codec.required) && isFields(codec.optional))) return []
  const { required } = codec
  return Object.entries({ ...required, ...codec.optional }).flatMap(([name, option]) => {
    const isNeeded = needed && Object.hasOwn(required, name)
    const inside = optionsOf(option, `${before}${name}.`, isNeeded)
    return inside.length > 0 ? inside : [[before + name, isNeeded ? `${option.name}; needed` : option.name]]
  })
}

const [named = ''] = process.argv.slice(2)
const kinds: Readonly<Record<string, unknown>> = await import('../packages/sinks/src/index.ts')
const kind = kinds[named]
if (!isSinkKind(kind)) throw new Error(`unknown kind of sink ${named}`)
console.log(JSON.stringify(optionsOf(kind.options)))

// Prints the table of the callbacks of a package: `node --conditions=@callboard/source .ci/callbacks.ts plugin-chat`.
import { join } from 'node:path'
import { isObject, isPlugin, type Plugin, Struct } from '../packages/core/src/index.ts'

const [name = ''] = process.argv.slice(2)
const module: unknown = await import(join(import.meta.dirname, '../packages', name, 'src/index.ts'))
const plugins: readonly Plugin[] = isObject(module) ? Object.values(module).filter(isPlugin) : []

/** Returns the paths of all texts in a body. */
const textsOf = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] => {
  if (typeof value === 'string') return [path]
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((each) => textsOf(each, [...path, '0']))
  return isObject(value) ? Object.entries(value).flatMap(([field, each]) => textsOf(each, [...path, field])) : []
}

const withAt = (value: unknown, [step, ...rest]: readonly string[], text: string): unknown => {
  if (step === undefined) return text
  if (Array.isArray(value)) return value.map((each, place) => (String(place) === step ? withAt(each, rest, text) : each))
  return isObject(value) ? { ...value, [step]: withAt(value[step], rest, text) } : value
}

/** Returns the fields of a key: decodes the sample with each text replaced by its path. */
const keyOf = (plugin: Plugin): string => {
  const named = textsOf(plugin.sample).reduce<unknown>((body, path) => {
    const changed = withAt(body, path, path.join('.').replaceAll('.0', '[]'))
    return 'reasons' in plugin.decode(changed) ? body : changed
  }, plugin.sample)
  const read = plugin.decode(named)
  const key = 'reasons' in read ? undefined : read.key
  return key === undefined
    ? 'none'
    : key
        .split(':')
        .sort()
        .map((field) => `\`${field}\``)
        .join(' + ')
}

const answersOf = ({ before }: Plugin): string => {
  if (before === undefined) return ''
  const { reply, codes, drop, fallback } = before
  const parts: readonly unknown[] = reply === undefined ? [] : 'types' in reply && Array.isArray(reply.types) ? reply.types : [reply]
  const fields = parts.flatMap((part) => (part instanceof Struct ? [...Object.keys(part.required), ...Object.keys(part.optional)] : []))
  return [
    fields.length > 0 ? `allow (may set ${fields.map((field) => `\`${field}\``).join(', ')})` : 'allow',
    ...(parts.some((part) => !(part instanceof Struct)) ? ['allow, `except` for some'] : []),
    codes ? `refuse (${codes.join('–')})` : 'refuse',
    ...(drop ? ['drop'] : []),
    ...(fallback === 'refuse' ? ['refused when the decision fails'] : []),
  ].join(' · ')
}

const rows = [...plugins]
  .sort((one, other) => (one.command < other.command ? -1 : 1))
  .map((plugin) => `| \`${plugin.command}\` | ${plugin.title} | ${keyOf(plugin)} | ${answersOf(plugin)} |`)
console.log(['| command | what happened | key | may be answered |', '|---|---|---|---|', ...rows].join('\n'))

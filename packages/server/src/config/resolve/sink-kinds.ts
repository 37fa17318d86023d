import { isSinkKind, type SinkKind } from '@callboard/core'
import * as ours from '@callboard/sinks'
import { suggest } from '../../util/did-you-mean.ts'
import { describeExports, type Load, type LoadError, versionMismatch } from './load-module.ts'

const exported: readonly unknown[] = Object.values(ours)

/** The kinds of sink that come with the program, by their names. */
export const builtIn: ReadonlyMap<string, SinkKind> = new Map(exported.filter(isSinkKind).map((kind) => [kind.kind, kind]))

const SHORT = /^[a-z0-9-]+$/i

/** A kind of sink: one of ours by its name, any other by package name or path. */
export const findKind = async (use: string, load: Load): Promise<SinkKind | LoadError> => {
  const known = builtIn.get(use)
  if (known) return known
  const quoted = JSON.stringify(use)
  const module = await load(use)
  if ('message' in module) {
    const names = [...builtIn.keys()]
    return SHORT.test(use)
      ? {
          message: `no kind of sink is called ${quoted}${suggest(use, names)} (there are ${names.join(', ')}, and others by package name or ./path)`,
        }
      : module
  }
  const other = versionMismatch(
    use,
    'sink',
    module.exports.map(([, value]) => value),
  )
  if (other) return other
  const kinds = module.exports.filter(([, value]) => isSinkKind(value))
  const [first] = kinds
  if (!first) return { message: `no kind of sink, as defineSink makes it, in ${quoted}: ${describeExports(module.exports)}` }
  const [name, kind] = first
  if (kinds.length > 1 && name !== 'default')
    return {
      message: `several kinds of sink in ${quoted}: ${kinds.map(([each]) => each).join(', ')}; the one that is meant must be its default export`,
    }
  return isSinkKind(kind) ? kind : { message: `no kind of sink in ${quoted}` }
}

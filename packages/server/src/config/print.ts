import {
  DEFAULT_ATTEMPT_TIMEOUT_MS,
  DEFAULT_CONCURRENCY,
  DEFAULT_DECISION_DEADLINE_MS,
  DEFAULT_LIMITS,
  DEFAULT_RETENTION_MS,
  DEFAULT_RETRY_SCHEDULE,
  isObject,
  type Retention,
  type Sink,
} from '@callboard/core'
import { stringify } from 'yaml'
import type { ConfigResult } from './read.ts'
import type { Path } from './yaml/source-map.ts'

const MASK = '***'
// The options of third parties are not known here, so a name that sounds like a secret is taken for one.
const SECRET = /secret|token|pass|credential|auth|signature|cookie|^headers$|(^|[^a-z])key$|Key$/i

/** A URL without what it may carry in secret. */
const publicUrl = (text: string): string => {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return text
  const { protocol, username, password, host, pathname, search, hash } = new URL(text)
  const userinfo = username === '' && password === '' ? '' : `${MASK}@`
  return `${protocol}//${userinfo}${host}${pathname}${search === '' ? '' : `?${MASK}`}${hash === '' ? '' : `#${MASK}`}`
}

/** The same lists and names with nothing legible in them. */
const masked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(masked)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, masked(inside)])) : MASK
}

/** The options of a sink with secrets masked: by name, by where they came from, and in URLs. */
const publicOptions = (value: unknown, path: Path, isInterpolated: ConfigResult['isInterpolated']): unknown => {
  if (Array.isArray(value)) return value.map((inside, index) => publicOptions(inside, [...path, index], isInterpolated))
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inside]) => [
        name,
        SECRET.test(name) ? masked(inside) : publicOptions(inside, [...path, name], isInterpolated),
      ]),
    )
  }
  if (isInterpolated(path)) return MASK
  return typeof value === 'string' ? publicUrl(value) : value
}

const publicEntry = (entry: Readonly<Record<string, unknown>>, path: Path, isInterpolated: ConfigResult['isInterpolated']): object => {
  const options = publicOptions(entry, path, isInterpolated)
  return isObject(options) ? options : {}
}

const milliseconds = (given: number | string): string => (typeof given === 'number' ? `${given}ms` : given)

const deliveringOf = ({ deliveryOptions }: Pick<Sink, 'deliveryOptions'>) => {
  const {
    order = true,
    concurrency = DEFAULT_CONCURRENCY,
    timeout = DEFAULT_ATTEMPT_TIMEOUT_MS,
    retry = DEFAULT_RETRY_SCHEDULE,
  } = deliveryOptions
  return { order, concurrency, timeout: milliseconds(timeout), retry }
}

const retentionOf = (given: Retention) => {
  const { delivered, dead, size } = { ...DEFAULT_RETENTION_MS, ...given }
  return { delivered: milliseconds(delivered), dead: milliseconds(dead), ...(size !== undefined && { size }) }
}

const mapValues = <A, B>(values: Readonly<Record<string, A>>, change: (value: A, name: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]))

/** The effective configuration as YAML: defaults filled in, paths absolute, secrets masked. Empty where there are no settings. */
export const printConfig = ({ settings, sinks, plugins, isInterpolated }: ConfigResult): string => {
  if (!settings) return ''
  const { apps, listen, admin, journal, limits, retention } = settings
  const shownSink = (entry: Readonly<Record<string, unknown>>, name: string) => {
    const sink = sinks[name]
    return { ...publicEntry(entry, ['sinks', name], isInterpolated), ...(typeof sink === 'object' && deliveringOf(sink)) }
  }
  const fallbackOf = (command: string) => plugins.find((plugin) => plugin.command === command)?.before?.fallback ?? 'allow'
  return stringify({
    apps: apps.map((app) => ({ ...app, ...(app.tokens && { tokens: masked(app.tokens) }) })),
    listen,
    admin: { ...admin, ...(admin.token !== undefined && { token: MASK }) },
    journal,
    plugins: settings.plugins,
    sinks: mapValues(settings.sinks, shownSink),
    routes: settings.routes,
    decisions: mapValues(settings.decisions, ({ use, deadline = DEFAULT_DECISION_DEADLINE_MS, fallback, ...options }, command) => ({
      use,
      ...publicEntry(options, ['decisions', command], isInterpolated),
      deadline: milliseconds(deadline),
      fallback: fallback ?? fallbackOf(command),
    })),
    limits: { ...DEFAULT_LIMITS, ...limits },
    retention: retentionOf(retention),
  })
}

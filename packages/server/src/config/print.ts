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
  writeDuration,
} from '@callboard/core'
import { stringify } from 'yaml'
import type { ConfigResult } from './read.ts'
import type { Path } from './yaml/source-map.ts'

const MASK = '***'
// The options of other packages are unknown here, so every name that sounds like a secret is masked.
const SECRET_NAME = /secret|token|pass|credential|auth|signature|cookie|^headers$|(^|[^a-z])key$|Key$/i

/** Masks the user, the query and the fragment of a URL. */
const maskUrl = (text: string): string => {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return text
  const { protocol, username, password, host, pathname, search, hash } = new URL(text)
  const userinfo = username === '' && password === '' ? '' : `${MASK}@`
  return `${protocol}//${userinfo}${host}${pathname}${search === '' ? '' : `?${MASK}`}${hash === '' ? '' : `#${MASK}`}`
}

/** Masks every scalar inside a value. */
const mask = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(mask)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mask(inner)])) : MASK
}

/** Masks secrets in options: by their names, in interpolated values, and in URLs. */
const maskOptions = (value: unknown, path: Path, isInterpolated: ConfigResult['isInterpolated']): unknown => {
  if (Array.isArray(value)) return value.map((inner, index) => maskOptions(inner, [...path, index], isInterpolated))
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        SECRET_NAME.test(name) ? mask(inner) : maskOptions(inner, [...path, name], isInterpolated),
      ]),
    )
  }
  if (isInterpolated(path)) return MASK
  return typeof value === 'string' ? maskUrl(value) : value
}

const maskEntry = (entry: Readonly<Record<string, unknown>>, path: Path, isInterpolated: ConfigResult['isInterpolated']): object => {
  const options = maskOptions(entry, path, isInterpolated)
  return isObject(options) ? options : {}
}

const formatDuration = (duration: number | string): string => (typeof duration === 'number' ? writeDuration(duration) : duration)

const deliveryOptionsOf = ({ deliveryOptions }: Pick<Sink, 'deliveryOptions'>) => {
  const {
    order = true,
    concurrency = DEFAULT_CONCURRENCY,
    timeout = DEFAULT_ATTEMPT_TIMEOUT_MS,
    retry = DEFAULT_RETRY_SCHEDULE,
  } = deliveryOptions
  return { order, concurrency, timeout: formatDuration(timeout), retry }
}

const retentionOf = (retention: Retention) => {
  const { delivered, dead, size } = { ...DEFAULT_RETENTION_MS, ...retention }
  return { delivered: formatDuration(delivered), dead: formatDuration(dead), ...(size !== undefined && { size }) }
}

const mapValues = <A, B>(values: Readonly<Record<string, A>>, change: (value: A, name: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]))

/** Returns the effective configuration as YAML, with defaults, absolute paths and masked secrets. Returns an empty text without settings. */
export const printConfig = ({ settings, sinks, plugins, isInterpolated }: ConfigResult): string => {
  if (!settings) return ''
  const { apps, listen, admin, journal, limits, retention } = settings
  const printSink = (entry: Readonly<Record<string, unknown>>, name: string) => {
    const sink = sinks[name]
    return { ...maskEntry(entry, ['sinks', name], isInterpolated), ...(typeof sink === 'object' && deliveryOptionsOf(sink)) }
  }
  const fallbackOf = (command: string) => plugins.find((plugin) => plugin.command === command)?.before?.fallback ?? 'allow'
  return stringify({
    apps: apps.map((app) => ({ ...app, ...(app.tokens && { tokens: mask(app.tokens) }) })),
    listen,
    admin: { ...admin, ...(admin.token !== undefined && { token: MASK }) },
    journal,
    plugins: settings.plugins,
    sinks: mapValues(settings.sinks, printSink),
    routes: settings.routes,
    decisions: mapValues(settings.decisions, ({ use, deadline = DEFAULT_DECISION_DEADLINE_MS, fallback, ...options }, command) => ({
      use,
      ...maskEntry(options, ['decisions', command], isInterpolated),
      deadline: formatDuration(deadline),
      fallback: fallback ?? fallbackOf(command),
    })),
    limits: { ...DEFAULT_LIMITS, ...limits },
    retention: retentionOf(retention),
  })
}

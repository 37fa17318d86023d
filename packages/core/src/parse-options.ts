import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { argument, argumentProblems } from './codec/argument.ts'
import { anyJson } from './codec/json.ts'
import { list } from './codec/list.ts'
import { boolean } from './codec/primitives.ts'
import { refine } from './codec/refine.ts'
import { DEFAULT_RETRY_SCHEDULE, retrySchedule } from './codec/retry-schedule.ts'
import { oneOf } from './codec/scalars.ts'
import { strictStruct } from './codec/struct.ts'
import { duration } from './codec/units.ts'
import type { SinkSettings } from './delivery/open-sinks.ts'
import type { RetentionLimits } from './journal/journal.ts'
import { retentionCodec, retentionLimits } from './journal/retention.ts'
import { isObject } from './json/json.ts'
import { type ConfiguredDecision, DEFAULT_LIMITS, type Limits, type Options } from './options.ts'
import { shapeProblems } from './options-shape.ts'
import { DEFAULT_DECISION_DEADLINE_MS, MAX_DECISION_DEADLINE_MS } from './pipeline/deadlines.ts'
import type { DecisionPolicies, DecisionPolicy } from './pipeline/decision-policy.ts'
import { explainNotA } from './plugin/brand.ts'
import { type Decision, isPlugin, type Plugin } from './plugin/plugin.ts'
import { type DeliveryOptions, explainNotASink, type Sink, type SinkFunction } from './sink.ts'
import { ConfigError, type Problem } from './util/config-error.ts'

/** How many deliveries to one sink are in flight by default. */
export const DEFAULT_CONCURRENCY = 16
/** How long one attempt may take by default, in milliseconds. */
export const DEFAULT_ATTEMPT_TIMEOUT_MS = 15_000

/** The parsed options: numbers instead of texts, defaults filled in, no contradictions. */
export interface Settings {
  readonly apps: Options['apps']
  readonly plugins: ReadonlyMap<string, Plugin>
  readonly policies: DecisionPolicies
  readonly sinks: readonly SinkSettings[]
  readonly routes: Options['routes']
  readonly limits: Required<Limits>
  readonly retention: Omit<RetentionLimits, 'limit'>
}

type Parsed<A> = Either<readonly Problem[], A>
type Path = Problem['path']

const error = (path: Path, message: string): Problem => ({ path, message, level: 'error' })
const warning = (path: Path, message: string): Problem => ({ path, message, level: 'warning' })
const parsed = <A>(problems: readonly Problem[], value: A): Parsed<A> => (problems.length > 0 ? left(problems) : right(value))
const problemsOf = (result: Parsed<unknown>): readonly Problem[] => (isLeft(result) ? result.left : [])

/** Decodes a part of the options. Each issue of the codec becomes a problem below `path`. */
const decode = <A>(codec: t.Type<A, unknown, unknown>, value: unknown, path: Path): Parsed<A> => {
  const decoded = codec.decode(value)
  return isLeft(decoded) ? left(argumentProblems(codec, value, path)) : decoded
}

const wholeNumber = refine(t.number, 'a whole number, 1 or more', (value) => Number.isSafeInteger(value) && value >= 1)

const appArgument = strictStruct(
  { sdkAppId: argument('the SDKAppID, a positive number', (value) => Number.isSafeInteger(value) && Number(value) > 0) },
  { tokens: list(argument('a text', (value) => typeof value === 'string')), verify: oneOf('none') },
)

const parseApps = (apps: Options['apps']): Parsed<Options['apps']> => {
  const seen = new Set<unknown>()
  const problems = apps.flatMap((app: unknown, index) => {
    const found = [...argumentProblems(appArgument, app, ['apps', index])]
    if (!isObject(app)) return found
    const { sdkAppId, verify, tokens } = app
    if (sdkAppId !== undefined && seen.has(sdkAppId))
      found.push(error(['apps', index, 'sdkAppId'], `SDKAppID ${sdkAppId} is configured twice`))
    seen.add(sdkAppId)
    const isEmpty = tokens === undefined || (Array.isArray(tokens) && tokens.length === 0)
    if (verify === undefined && isEmpty)
      found.push(error(['apps', index], 'without a token anyone can send callbacks: give `tokens`, or say `verify: none` aloud'))
    const texts = Array.isArray(tokens) && verify !== 'none' ? tokens.filter((token) => typeof token === 'string') : []
    if (texts.some((token) => token.trim() === '')) found.push(error(['apps', index, 'tokens'], 'a token is empty'))
    else if (texts.some((token) => token !== token.trim()))
      found.push(error(['apps', index, 'tokens'], 'a token begins or ends with white space: remove it'))
    if (verify === 'none' && tokens !== undefined)
      found.push(error(['apps', index, 'verify'], '`verify: none` and `tokens` contradict each other'))
    return found
  })
  return parsed(apps.length === 0 ? [error(['apps'], 'expected at least one app')] : problems, apps)
}

/** The valid part of options of which some are wrong. */
interface Known {
  readonly plugins: readonly Plugin[]
  /** False while a value among the plugins is no plugin: nobody knows which commands it declares. */
  readonly allPluginsKnown: boolean
  readonly hasSink: (name: string) => boolean
}

/** Two plugins that describe themselves alike come from one package that is installed twice. */
const areAlike = (one: Plugin, other: Plugin): boolean => {
  const describe = ({ title, sample, hooks }: Plugin) => JSON.stringify([title, sample, hooks])
  return describe(one) === describe(other)
}

const parsePlugins = (plugins: Options['plugins']): Parsed<ReadonlyMap<string, Plugin>> => {
  const byCommand = new Map<string, Plugin>()
  const problems = plugins.flatMap((plugin, index) => {
    const explanation = explainNotA(plugin, 'plugin')
    if (explanation !== undefined) return [error(['plugins', index], explanation)]
    const { command } = plugin
    const other = byCommand.get(command)
    byCommand.set(command, other ?? plugin)
    if (other === undefined || other === plugin) return []
    const message = areAlike(plugin, other)
      ? `two copies of one plugin declare ${command}: its package is installed twice; install it once, or name one of the two`
      : `two different plugins declare ${command}`
    return [error(['plugins', index], message)]
  })
  return parsed(problems, byCommand)
}

// In JavaScript the argument may be anything.
const isConfigured = (given: Decision | ConfiguredDecision): given is ConfiguredDecision => isObject(given) && 'use' in given

const configuredDecision = strictStruct({ use: anyJson }, { deadline: anyJson, fallback: oneOf('allow', 'refuse') })

type ParsedDecision = Pick<DecisionPolicy, 'deadlineMs'> & Pick<ConfiguredDecision, 'use' | 'fallback'>

const parseDeadline = (deadline: number | string, path: Path): Parsed<number> => {
  const ms = decode(duration, deadline, path)
  if (isLeft(ms) || ms.right <= MAX_DECISION_DEADLINE_MS) return ms
  return left([error(path, `at most ${MAX_DECISION_DEADLINE_MS} ms: the answer must leave inside the vendor's 2 s`)])
}

const parseDecisions = (
  decisions: NonNullable<Options['decisions']>,
  { plugins, allPluginsKnown }: Known,
): Parsed<ReadonlyMap<string, ParsedDecision>> => {
  const byCommand = new Map<string, ParsedDecision>()
  const problems = decisions.flatMap((given, index) => {
    const { use, deadline = DEFAULT_DECISION_DEADLINE_MS, fallback } = isConfigured(given) ? given : { use: given }
    const explanation = explainNotA(use, 'decision')
    if (explanation !== undefined) return [error(['decisions', index], explanation)]
    const { command } = use
    const path = ['decisions', command]
    const found = isConfigured(given) ? [...argumentProblems(configuredDecision, given, path)] : []
    const plugin = plugins.find((candidate) => candidate.command === command)
    if (!plugin && allPluginsKnown) found.push(error(path, `no plugin declares ${command}, so nothing can be decided about it`))
    if (plugin && !plugin.before) found.push(error(path, `${command} is an after-callback and takes no decision`))
    if (byCommand.has(command)) found.push(error(path, `two decisions for ${command}`))
    const deadlineMs = parseDeadline(deadline, [...path, 'deadline'])
    byCommand.set(command, {
      use,
      deadlineMs: isLeft(deadlineMs) ? DEFAULT_DECISION_DEADLINE_MS : deadlineMs.right,
      ...(fallback && { fallback }),
    })
    return [...found, ...problemsOf(deadlineMs)]
  })
  return parsed(problems, byCommand)
}

const deliveryCodec = strictStruct(
  {},
  {
    order: refine(boolean, 'true or false', () => true),
    concurrency: wholeNumber,
    timeout: refine(duration, duration.name, (ms) => ms >= 1),
    retry: retrySchedule,
  },
)

const parseSink = (name: string, sink: Sink | SinkFunction): Parsed<SinkSettings> => {
  const path = ['sinks', name]
  const explanation = explainNotASink(sink)
  if (explanation !== undefined) return left([error(path, explanation)])
  const given: DeliveryOptions = typeof sink === 'function' ? {} : sink.deliveryOptions
  const own = typeof sink === 'function' ? [] : sink.problems.map((issue) => error([...path, ...issue.path], issue.message))
  const delivery = decode(deliveryCodec, { retry: DEFAULT_RETRY_SCHEDULE, ...given }, path)
  if (isLeft(delivery)) return left([...own, ...delivery.left])
  const { order = true, concurrency = DEFAULT_CONCURRENCY, timeout = DEFAULT_ATTEMPT_TIMEOUT_MS, retry = [] } = delivery.right
  return parsed(own, { name, sink, ordered: order, concurrency, timeoutMs: timeout, schedule: retry })
}

const parseSinks = (sinks: Options['sinks']): Parsed<readonly SinkSettings[]> => {
  const results = Object.entries(sinks).map(([name, sink]) => parseSink(name, sink))
  return parsed(
    results.flatMap(problemsOf),
    results.flatMap((result) => (isLeft(result) ? [] : result.right)),
  )
}

const routeArgument = list(argument('the name of a sink', (name) => typeof name === 'string'))

const routeProblems = (routes: Options['routes'], { plugins, allPluginsKnown, hasSink }: Known): readonly Problem[] =>
  Object.entries(routes).flatMap(([command, names]) => {
    const wrongNames = argumentProblems(routeArgument, names, ['routes', command])
    const found = (wrongNames.length > 0 ? [] : names).flatMap((name, index) => {
      const path = ['routes', command, index]
      if (!hasSink(name)) return [error(path, `no sink is called ${JSON.stringify(name)}`)]
      return names.indexOf(name) < index ? [error(path, `${JSON.stringify(name)} is named twice in this route`)] : []
    })
    const isDeclared = command === '*' || !allPluginsKnown || plugins.some((plugin) => plugin.command === command)
    const undeclared = isDeclared ? [] : [warning(['routes', command], `no plugin declares ${command}: its events are stored as unknown`)]
    return [...wrongNames, ...found, ...undeclared]
  })

const limitsCodec = strictStruct({}, { body: wholeNumber, depth: wholeNumber, values: wholeNumber, queue: wholeNumber })

const policiesOf = (plugins: Iterable<Plugin>, decisions: ReadonlyMap<string, ParsedDecision>): DecisionPolicies =>
  new Map(
    [...plugins].flatMap(({ command, before }): [string, DecisionPolicy][] => {
      if (!before) return []
      const { use, deadlineMs = DEFAULT_DECISION_DEADLINE_MS, fallback = before.fallback } = decisions.get(command) ?? {}
      return [[command, { ...(use && { decision: use }), deadlineMs, fallback }]]
    }),
  )

interface OptionsResult {
  /** Errors and warnings, in the order of the options. */
  readonly problems: readonly Problem[]
  /** Absent when there is an error. */
  readonly settings?: Settings
}

const NO_PARTS: Pick<Options, 'apps' | 'plugins' | 'sinks' | 'routes' | 'decisions'> = {
  apps: [],
  plugins: [],
  sinks: {},
  routes: {},
  decisions: [],
}

const readOptions = (given: Options): OptionsResult => {
  const wrongShapes = shapeProblems(given)
  const wrongParts = new Set(wrongShapes.map(({ path }) => path[0]))
  const options = { ...given, ...Object.fromEntries(Object.entries(NO_PARTS).filter(([part]) => wrongParts.has(part))) }
  const plugins = options.plugins.filter(isPlugin)
  const known: Known = {
    plugins,
    allPluginsKnown: plugins.length === options.plugins.length && !wrongParts.has('plugins'),
    hasSink: (name) => wrongParts.has('sinks') || Object.hasOwn(options.sinks, name),
  }

  const apps = parseApps(options.apps)
  const pluginsByCommand = parsePlugins(options.plugins)
  const sinks = parseSinks(options.sinks)
  const decisions = parseDecisions(options.decisions ?? [], known)
  const limits = decode(limitsCodec, options.limits ?? {}, ['limits'])
  const retention = decode(retentionCodec, options.retention ?? {}, ['retention'])
  const partProblems = [
    ...[apps, pluginsByCommand, sinks].flatMap(problemsOf),
    ...routeProblems(options.routes, known),
    ...[decisions, limits, retention].flatMap(problemsOf),
  ]
  const problems = [...wrongShapes, ...partProblems.filter(({ path: [part] }) => part === undefined || !wrongParts.has(part))]
  if (isLeft(apps) || isLeft(pluginsByCommand) || isLeft(sinks) || isLeft(decisions) || isLeft(limits) || isLeft(retention))
    return { problems }
  if (problems.some(({ level }) => level === 'error')) return { problems }
  const { limit: _, ...kept } = retentionLimits(retention.right, 0)
  const settings: Settings = {
    apps: apps.right,
    plugins: pluginsByCommand.right,
    policies: policiesOf(pluginsByCommand.right.values(), decisions.right),
    sinks: sinks.right,
    routes: options.routes,
    limits: { ...DEFAULT_LIMITS, ...limits.right },
    retention: kept,
  }
  return { problems, settings }
}

/** Returns all problems of the options, errors and warnings, in the order of the options. */
export const validateOptions = (options: Options): readonly Problem[] => readOptions(options).problems

/** Parses the options once. Throws a ConfigError with all errors. Returns the settings and the warnings. */
export const parseOptions = (options: Options): { readonly settings: Settings; readonly warnings: readonly Problem[] } => {
  const { problems, settings } = readOptions(options)
  if (settings === undefined) throw new ConfigError(problems.filter(({ level }) => level === 'error'))
  return { settings, warnings: problems }
}

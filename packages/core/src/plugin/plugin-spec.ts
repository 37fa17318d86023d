import * as t from 'io-ts'
import { argument, argumentProblems, codecArgument, functionArgument, isFunction } from '../codec/argument.ts'
import { strictStruct } from '../codec/struct.ts'
import { isObject } from '../json/json.ts'
import { ConfigError, type Problem } from '../util/config-error.ts'

const MAX_COMMAND_CHARACTERS = 200
/** Printable characters without spaces: a command is part of URLs, of file names and of lines of logs. */
const COMMAND = /^[\u0021-\u007e]+$/
const isCommand = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_COMMAND_CHARACTERS && COMMAND.test(value)

const isBefore = (value: unknown): boolean =>
  isObject(value) &&
  isFunction(value.answer) &&
  typeof value.drop === 'boolean' &&
  (value.fallback === 'allow' || value.fallback === 'refuse')

/** The argument of `definePlugin`. */
const pluginSpec = strictStruct(
  {
    command: argument('a text such as "Group.CallbackAfterGroupDestroyed", without spaces and control characters', isCommand),
    title: argument('a text', (value) => typeof value === 'string'),
    body: codecArgument,
    sample: argument('an object, the documented payload', isObject),
  },
  {
    key: functionArgument,
    eventTime: functionArgument,
    hooks: t.record(t.string, functionArgument, 'an object with a function for each kind of sink'),
    before: argument('the result of verdicts()', isBefore),
  },
)

/** Explains a sample that names another command than its plugin. */
const explainSample = ({ command, sample }: Readonly<Record<string, unknown>>): string | undefined => {
  if (!isCommand(command) || !isObject(sample) || sample.CallbackCommand === undefined || sample.CallbackCommand === command)
    return undefined
  return `expected ${JSON.stringify(command)}, the command of the plugin; leave it out, or write the same`
}

/** Checks the argument of `definePlugin`. Throws a ConfigError with everything that is wrong. */
export const requirePluginSpec = (spec: unknown): void => {
  const given = isObject(spec) ? spec : {}
  const wrongSample = explainSample(given)
  const problems: readonly Problem[] = [
    ...argumentProblems(pluginSpec, spec, [], 'a plugin'),
    ...(wrongSample === undefined ? [] : [{ path: ['sample', 'CallbackCommand'], message: wrongSample, level: 'error' } as const]),
  ]
  const subject = isCommand(given.command) ? `plugin ${given.command}` : isObject(spec) ? undefined : 'definePlugin'
  if (problems.length > 0) throw new ConfigError(problems, subject)
}

import { isRight } from 'fp-ts/lib/Either.js'
import { argument, argumentProblems, functionArgument, methodsArgument } from './codec/argument.ts'
import { anyJson } from './codec/json.ts'
import { strictStruct } from './codec/struct.ts'
import { isObject } from './json/json.ts'
import type { Problem } from './util/config-error.ts'
import { describeValue, isThenable } from './util/foreign-value.ts'

const journalArgument = methodsArgument('a journal, such as memory() or sqlite({ path })', 'append', 'claim', 'settle', 'find', 'close')
const listOf = (items: string) => argument(`a list of ${items}`, Array.isArray)

/** The keys of the options, and the coarse type of each value. `parse-options.ts` parses the content of those that are `anyJson`, lists or objects. */
const optionsShape = strictStruct(
  {
    apps: listOf('apps'),
    plugins: listOf('plugins'),
    sinks: argument('an object with the sinks by name', isObject),
    routes: argument('an object with a list of sink names for each command', isObject),
  },
  {
    decisions: listOf('decisions'),
    journal: argument(journalArgument.name, (journal) => isThenable(journal) || isRight(journalArgument.decode(journal))),
    limits: anyJson,
    retention: anyJson,
    log: methodsArgument('a log with the functions info, warn and error', 'info', 'warn', 'error'),
    listener: functionArgument,
    watchdog: methodsArgument('an object with the functions enter and leave', 'enter', 'leave'),
    clock: methodsArgument('a clock with the functions now, elapsed and after', 'now', 'elapsed', 'after'),
  },
)

/** Returns the unknown and missing keys of the options, and the values of a wrong type. */
export const shapeProblems = (options: unknown): readonly Problem[] => {
  if (isObject(options)) return argumentProblems(optionsShape, options)
  const noObject: Problem = { path: ['options'], message: `expected an object, got ${describeValue(options)}`, level: 'error' }
  return [noObject, ...argumentProblems(optionsShape, {})]
}

/** Returns what is wrong with a journal, once its promise has resolved. */
export const journalProblems = (journal: unknown): readonly Problem[] => argumentProblems(journalArgument, journal, ['journal'])

import { suggest } from '@callboard/core'
import { packageOfCommand } from '../../config/resolve/built-in-plugins.ts'
import { builtInSinkKinds } from '../../config/resolve/sinks.ts'
import { OperatorError } from '../../util/operator-error.ts'

const COMMAND_PATTERN = /^[A-Z][A-Za-z0-9]*\.[A-Z][A-Za-z0-9]*$/
const KIND_PATTERN = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** One name in the spellings that the templates need. */
export interface Names {
  /** `group after member muted` */
  readonly words: string
  /** `group-after-member-muted` */
  readonly kebab: string
  /** `groupAfterMemberMuted` */
  readonly camel: string
  /** `GroupAfterMemberMuted` */
  readonly pascal: string
}

const capitalize = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

const namesOf = (words: readonly [string, ...string[]]): Names => {
  const [first, ...others] = words
  const lowerCase = words.map((word) => word.toLowerCase())
  return {
    words: lowerCase.join(' '),
    kebab: lowerCase.join('-'),
    camel: [first.toLowerCase(), ...others.map(capitalize)].join(''),
    pascal: words.map(capitalize).join(''),
  }
}

/** Splits names such as `OfficialAccount` and `OnC2CMessage` into words. */
const splitWords = (text: string): readonly string[] => text.match(/[A-Z0-9]+(?![a-z])|[A-Z0-9][a-z0-9]*/g) ?? []

/** Returns the names for a plugin of this command. Throws an OperatorError if the command is invalid. */
export const commandNames = (command: string): Names & { readonly family: string } => {
  if (!COMMAND_PATTERN.test(command)) {
    throw new OperatorError(
      'usage',
      `invalid CallbackCommand ${JSON.stringify(command)}: expected FAMILY.NAME in letters and digits${suggest(command, [...packageOfCommand.keys()]) || ', such as Group.CallbackAfterGroupDestroyed'}`,
    )
  }
  const [family = '', name = ''] = command.split('.')
  const [first = family, ...others] = splitWords(family)
  return { ...namesOf([first, ...others, ...splitWords(name.replace(/^Callback(?=[A-Z])/, ''))]), family }
}

/** Returns the names for a kind of sink. Throws an OperatorError if the name is invalid, or that of a built-in kind. */
export const kindNames = (kind: string): Names => {
  if (!KIND_PATTERN.test(kind)) {
    throw new OperatorError(
      'usage',
      `invalid sink name ${JSON.stringify(kind)}: use lower-case letters and digits with single dashes between them, such as my-queue`,
    )
  }
  if (builtInSinkKinds.has(kind))
    throw new OperatorError('usage', `invalid sink name ${JSON.stringify(kind)}: it is a built-in kind; choose another name`)
  const [first = kind, ...others] = kind.split('-')
  return namesOf([first, ...others])
}

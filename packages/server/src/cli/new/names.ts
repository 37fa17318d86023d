import { packageOfCommand } from '../../config/resolve/built-in-plugins.ts'
import { builtIn } from '../../config/resolve/sink-kinds.ts'
import { suggest } from '../../util/did-you-mean.ts'
import { OperatorError } from '../../util/operator-error.ts'

const COMMAND = /^[A-Z][A-Za-z0-9]*\.[A-Z][A-Za-z0-9]*$/
const KIND = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** The names of one thing, as each place wants it. */
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

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

const namesOf = (words: readonly [string, ...string[]]): Names => {
  const [first, ...others] = words
  const small = words.map((word) => word.toLowerCase())
  return {
    words: small.join(' '),
    kebab: small.join('-'),
    camel: [first.toLowerCase(), ...others.map(capital)].join(''),
    pascal: words.map(capital).join(''),
  }
}

/** `OfficialAccount` and `OnC2CMessage` word by word. */
const wordsIn = (text: string): readonly string[] => text.match(/[A-Z0-9]+(?![a-z])|[A-Z0-9][a-z0-9]*/g) ?? []

/** A `CallbackCommand` and the names that follow from it; an OperatorError where it is none. */
export const commandNames = (command: string): Names & { readonly family: string } => {
  if (!COMMAND.test(command)) {
    throw new OperatorError(
      'usage',
      `${JSON.stringify(command)} is no CallbackCommand: the vendor writes a family and a name in letters and digits${suggest(command, [...packageOfCommand.keys()]) || ', such as Group.CallbackAfterGroupDestroyed'}`,
    )
  }
  const [family = '', name = ''] = command.split('.')
  const [first = family, ...others] = wordsIn(family)
  return { ...namesOf([first, ...others, ...wordsIn(name.replace(/^Callback(?=[A-Z])/, ''))]), family }
}

/** The name of a kind of sink and those that follow from it; an OperatorError where it is none, or one of ours. */
export const kindNames = (kind: string): Names => {
  if (!KIND.test(kind)) {
    throw new OperatorError(
      'usage',
      `${JSON.stringify(kind)} is no name for a kind of sink: take small letters and digits, with single dashes in between, such as my-queue`,
    )
  }
  if (builtIn.has(kind))
    throw new OperatorError('usage', `${JSON.stringify(kind)} is a kind of sink that comes with the program: take another name`)
  const [first = kind, ...others] = kind.split('-')
  return namesOf([first, ...others])
}

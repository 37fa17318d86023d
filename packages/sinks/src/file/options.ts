import { integer, oneOf, schemaOf, size, strictStruct, withSchema } from '@callboard/core'
import * as t from 'io-ts'
import { Checked } from '../shared/checked.ts'
import { unknownPlaceholders } from './path.ts'

/** A path with `{command}`, `{date}` and `{app}`. */
const PathTemplate = withSchema(
  new t.Type<string, string, unknown>(
    'a path',
    t.string.is,
    (value, context) => {
      if (typeof value !== 'string' || value === '') return t.failure(value, context)
      const [stranger] = unknownPlaceholders(value)
      return stranger === undefined
        ? t.success(value)
        : t.failure(value, context, `{${stranger}} is unknown; there are {command}, {date} and {app}`)
    },
    t.identity,
  ),
  { type: 'string', minLength: 1 },
)

const atLeast = (least: number, name: string, amount: t.Type<number, number | string, unknown>) =>
  withSchema(
    new t.Type<number, number | string, unknown>(
      name,
      (value): value is number => amount.is(value) && value >= least,
      (value, context) => {
        const read = amount.validate(value, context)
        return read._tag === 'Right' && read.right >= least ? read : t.failure(value, context)
      },
      (number) => amount.encode(number),
    ),
    { ...schemaOf(amount), minimum: least },
  )

/**
 * When a file is moved aside for a new one. `size`: before it would grow larger. `every`: before the first line of another day
 * (UTC). `keep`: how many files that were moved aside stay, for each path; the oldest are removed. Without it, all stay.
 *
 * `audit.jsonl` becomes `audit@2026-11-23T10-00-00-000Z.jsonl`, after the moment of its last line in UTC: such names sort by time.
 */
const rotate = new Checked(
  strictStruct(
    {},
    {
      size: atLeast(1_024, `${size.name}, at least 1KiB`, size),
      every: oneOf('day'),
      keep: atLeast(1, 'a whole number, 1 or more', integer),
    },
  ),
  (given) => (given.size === undefined && given.every === undefined ? 'say when: give `size` or `every`' : undefined),
)

/** When a file is moved aside, and how many of those stay. */
export type Rotate = t.TypeOf<typeof rotate>

/** The options of the file sink. */
export const fileOptions = new Checked(strictStruct({ path: PathTemplate }, { rotate }), ({ path, rotate: given }) =>
  given?.every !== undefined && path.includes('{date}')
    ? '`rotate.every` and {date} in `path` both make a file for each day: choose one'
    : undefined,
)

import { Codec, integer, oneOf, refine, refineStruct, size, strictStruct, string, type TypeOf, withSchema } from '@callboard/core'
import * as t from 'io-ts'
import { unknownPlaceholders } from './path-template.ts'

/** A path with `{command}`, `{date}` and `{app}`. */
const PathTemplate = withSchema(
  new Codec<string>(
    'a path',
    string.is,
    (value, context) => {
      if (typeof value !== 'string' || value === '') return t.failure(value, context)
      const [unknown] = unknownPlaceholders(value)
      return unknown === undefined
        ? t.success(value)
        : t.failure(value, context, `{${unknown}} is unknown; there are {command}, {date} and {app}`)
    },
    t.identity,
  ),
  { type: 'string', minLength: 1 },
)

const MIN_SIZE_BYTES = 1_024
const MIN_KEEP = 1

/**
 * When the sink rotates a file, and how many rotated files it keeps. `size`: before a line would make the file larger. `every`:
 * before the first line of another day (UTC). `keep`: the number of rotated files per path; the oldest are removed. Without `keep`
 * all stay.
 */
const rotate = refineStruct(
  strictStruct(
    {},
    {
      size: refine(size, `${size.name}, at least 1KiB`, (bytes) => bytes >= MIN_SIZE_BYTES, { minimum: MIN_SIZE_BYTES }),
      every: oneOf('day'),
      keep: refine(integer, 'a whole number, 1 or more', (count) => count >= MIN_KEEP, { minimum: MIN_KEEP }),
    },
  ),
  (options) => (options.size === undefined && options.every === undefined ? 'give `size` or `every`' : undefined),
)

/** When the sink rotates a file, and how many rotated files it keeps. */
export type RotateOptions = TypeOf<typeof rotate>

/** The options of the file sink. */
export const fileOptions = refineStruct(strictStruct({ path: PathTemplate }, { rotate }), (options) =>
  options.rotate?.every !== undefined && options.path.includes('{date}')
    ? '`rotate.every` and {date} in `path` both make a file for each day: choose one'
    : undefined,
)

import { list } from '@callboard/core'
import * as t from 'io-ts'

const several = list(t.string)

/** Texts that older documents give as one and newer ones as a list; decodes to a list. */
export const texts = new t.Type<readonly string[], string | readonly string[], unknown>(
  'a text or a list of texts',
  several.is,
  (value, context) => (typeof value === 'string' ? t.success([value]) : several.validate(value, context)),
  (value) => value,
)

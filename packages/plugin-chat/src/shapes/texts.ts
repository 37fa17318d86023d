import { Codec, list, string } from '@callboard/core'

const several = list(string)

/** One text in older documents, a list of texts in newer ones. Decodes to a list. */
export const texts = new Codec<readonly string[], string | readonly string[]>(
  'a text or a list of texts',
  several.is,
  (value, context) => several.validate(typeof value === 'string' ? [value] : value, context),
  (value) => value,
)

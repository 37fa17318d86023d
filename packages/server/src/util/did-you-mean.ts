import { closest, distance } from 'fastest-levenshtein'

/** Returns `, did you mean "sinks"?` for the most similar known word. Returns an empty text if none is similar. */
export const suggest = (word: string, known: readonly string[]): string => {
  if (known.length === 0) return ''
  const candidate = closest(word, known)
  const typos = distance(word, candidate)
  return typos < word.length && typos <= Math.max(2, word.length / 4) ? `, did you mean ${JSON.stringify(candidate)}?` : ''
}

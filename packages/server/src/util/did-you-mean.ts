import { closest, distance } from 'fastest-levenshtein'

/** `, did you mean "sinks"?` where one of the known words is near enough, otherwise nothing. */
export const suggest = (word: string, known: readonly string[]): string => {
  if (known.length === 0) return ''
  const candidate = closest(word, known)
  const typos = distance(word, candidate)
  return typos < word.length && typos <= Math.max(2, word.length / 4) ? `, did you mean ${JSON.stringify(candidate)}?` : ''
}

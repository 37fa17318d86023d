import { distance } from 'fastest-levenshtein'

/** The part of the shorter word that both must begin with. */
const MIN_COMMON_START = 0.8
/** `Group` is not another form of `Group.CallbackAfterSendMsg`. */
const MAX_LENGTH_RATIO = 3

/** Returns a word without the differences in case, dashes and underscores. */
const plain = (word: string): string => word.toLowerCase().replace(/[-_ ]/g, '')

const commonStart = (one: string, other: string): number => {
  const end = [...one].findIndex((character, index) => character !== other[index])
  return end === -1 ? one.length : end
}

/** Returns whether a word may stand for another: with a few typos, or as another form of it (`retries` and `retry`). */
const isSimilar = (word: string, known: string): boolean => {
  const [one, other] = [plain(word), plain(known)]
  const typos = distance(one, other)
  if (typos < one.length && typos <= Math.max(2, one.length / 4)) return true
  const [shorter = 0, longer = 0] = [one.length, other.length].toSorted((a, b) => a - b)
  return shorter > 2 && longer <= MAX_LENGTH_RATIO * shorter && commonStart(one, other) >= MIN_COMMON_START * shorter
}

/** Returns `, did you mean "sinks"?` for the most similar known word. Returns an empty text if none is similar. */
export const suggest = (word: string, known: readonly string[]): string => {
  const [nearest] = known
    .filter((each) => isSimilar(word, each))
    .toSorted((one, other) => distance(plain(word), plain(one)) - distance(plain(word), plain(other)))
  return nearest === undefined ? '' : `, did you mean ${JSON.stringify(nearest)}?`
}

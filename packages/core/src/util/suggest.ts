/** Returns the number of letters to insert, remove or change until one word becomes the other. */
const distance = (one: string, other: string): number => {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...one].entries()) {
    let left = index + 1
    const row = [left]
    for (const [column, above = 0] of previous.slice(1).entries()) {
      const diagonal = (previous[column] ?? 0) + (letter === other[column] ? 0 : 1)
      left = Math.min(left + 1, above + 1, diagonal)
      row.push(left)
    }
    previous = row
  }
  return previous[other.length] ?? 0
}

/** The part of the shorter word that both must begin with. */
const MIN_COMMON_START = 0.8

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
  const shorter = Math.min(one.length, other.length)
  return (
    (typos < one.length && typos <= Math.max(2, one.length / 4)) || (shorter > 2 && commonStart(one, other) >= MIN_COMMON_START * shorter)
  )
}

/** Returns `, did you mean "sinks"?` for the most similar known word. Returns an empty text if none is similar. */
export const suggest = (word: string, known: readonly string[]): string => {
  const [nearest] = known
    .filter((each) => isSimilar(word, each))
    .toSorted((one, other) => distance(plain(word), plain(one)) - distance(plain(word), plain(other)))
  return nearest === undefined ? '' : `, did you mean ${JSON.stringify(nearest)}?`
}

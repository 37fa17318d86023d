/** Returns the number of letters to insert, remove, change or swap with their neighbour until one word becomes the other. */
const distance = (one: string, other: string): number => {
  let beforePrevious: readonly number[] = []
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1]
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const at = (cells: readonly number[], index: number): number => cells[index] ?? Number.POSITIVE_INFINITY
      row.push(
        Math.min(
          at(previous, j) + 1,
          at(row, j - 1) + 1,
          at(previous, j - 1) + (isSame ? 0 : 1),
          isSwapped ? at(beforePrevious, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforePrevious = previous
    previous = row
  }
  return previous[other.length] ?? 0
}

/** Returns `, did you mean "sinks"?` for the most similar known word. Returns an empty text if none is similar. */
export const suggest = (word: string, known: readonly string[]): string => {
  const [best] = known.map((candidate) => ({ candidate, typos: distance(word, candidate) })).toSorted((a, b) => a.typos - b.typos)
  return best && best.typos < word.length && best.typos <= Math.max(2, word.length / 4)
    ? `, did you mean ${JSON.stringify(best.candidate)}?`
    : ''
}

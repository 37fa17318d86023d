/** Measures one after the other, and all of them again, so that a machine that slows down slows all of them: A B C A B C … */
export const interleaved = async <T, R>(
  subjects: readonly T[],
  rounds: number,
  measure: (subject: T, round: number) => Promise<R>,
): Promise<readonly (readonly R[])[]> => {
  const figures: R[][] = subjects.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [place, subject] of subjects.entries()) figures[place]?.push(await measure(subject, round))
  }
  return figures
}

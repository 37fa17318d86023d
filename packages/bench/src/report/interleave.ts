/** Measures all subjects in turns (A B C A B C …), so that a slow moment of the machine affects all of them. Returns the figures of each. */
export const interleave = async <T, R>(
  subjects: readonly T[],
  rounds: number,
  measure: (subject: T, round: number) => Promise<R>,
): Promise<readonly (readonly R[])[]> => {
  const figures: R[][] = subjects.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, subject] of subjects.entries()) figures[index]?.push(await measure(subject, round))
  }
  return figures
}

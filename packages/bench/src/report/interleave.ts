/**
 * Measures all subjects in turns (A B C, B C A, …), so that a slow moment of the machine affects all of them, and the first place none more
 * than others. Returns the figures of each.
 */
export const interleave = async <T, R>(
  subjects: readonly T[],
  rounds: number,
  measure: (subject: T, round: number) => Promise<R>,
): Promise<readonly (readonly R[])[]> => {
  const figures: R[][] = subjects.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    const first = round % subjects.length
    const order = [...subjects.entries()]
    for (const [index, subject] of [...order.slice(first), ...order.slice(0, first)]) figures[index]?.push(await measure(subject, round))
  }
  return figures
}

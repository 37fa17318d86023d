let failures = 0

/** Says whether something holds, with its figure. */
export const verdict = (what: string, value: string, holds: boolean): void => {
  if (!holds) failures += 1
  console.log(`${holds ? 'holds' : 'FAILS'}  ${what}: ${value}`)
}

/** How much did not hold. */
export const broken = (): number => failures

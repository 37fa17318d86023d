let failures = 0

/** Prints whether a limit holds, with the figure. */
export const check = (limit: string, value: string, holds: boolean): void => {
  if (!holds) failures += 1
  console.log(`${holds ? 'holds' : 'FAILS'}  ${limit}: ${value}`)
}

/** Returns how many limits were missed. */
export const failureCount = (): number => failures

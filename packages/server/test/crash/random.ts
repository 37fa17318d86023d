/** Pseudo-random numbers from a seed. */
export interface Random {
  /** An integer from `least` to `most`, inclusive. */
  readonly whole: (least: number, most: number) => number
}

/** Mulberry32. */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { whole: (least, most) => least + Math.floor(next() * (most - least + 1)) }
}

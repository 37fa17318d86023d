/** Something that carries bytes. */
interface Laden {
  readonly raw: Uint8Array
}

/**
 * Many things that carry bytes, as one text and one piece of memory. As objects they would take longer to reach the other thread than
 * to be written to the disk. What is neither text, number, boolean, list nor plain object does not survive it.
 */
export interface Packed<T extends Laden> {
  readonly text: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** What it unpacks to; never present at run time. */
  readonly type?: T
}

type Unladen<T extends Laden> = Omit<T, 'raw'>

/** Packs things in their order. */
export const pack = <T extends Laden>(things: readonly T[]): Packed<T> => {
  const bytes = new Uint8Array(things.reduce((sum, { raw }) => sum + raw.byteLength, 0))
  let end = 0
  const parts = things.map(({ raw, ...rest }): readonly [end: number, rest: Unladen<T>] => {
    bytes.set(raw, end)
    end += raw.byteLength
    return [end, rest]
  })
  return { text: JSON.stringify(parts), bytes }
}

/** The things again; their bytes are views of one piece of memory. */
export const unpack = <T extends Laden>({ text, bytes }: Packed<T>): readonly (Unladen<T> & Laden)[] => {
  // Written by `pack` and by nobody else.
  const parts = JSON.parse(text) as readonly (readonly [end: number, rest: Unladen<T>])[]
  let from = 0
  return parts.map(([end, rest]) => {
    const raw = bytes.subarray(from, end)
    from = end
    return { ...rest, raw }
  })
}

/**
 * Plain data as text. As objects, many small things would take longer to reach the other thread than to be written to the disk. What
 * is neither text, number, boolean, list nor plain object does not survive it.
 */
export interface Text<T> {
  readonly text: string
  /** What it says; never present at run time. */
  readonly type?: T
}

export const say = <T>(value: T): Text<T> => ({ text: JSON.stringify(value) })

// Written by `say` and by nobody else.
export const hear = <T>({ text }: Text<T>): T => JSON.parse(text) as T

/** Something that carries bytes. */
interface Laden {
  readonly raw: Uint8Array
}

type Unladen<T extends Laden> = Omit<T, 'raw'>

/** Many things that carry bytes, as one text and one piece of memory. */
export interface Packed<T extends Laden> extends Text<readonly (readonly [end: number, rest: Unladen<T>])[]> {
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Packs things in their order; `unladen` gives what there is of one beside its bytes. */
export const pack = <T extends Laden>(things: readonly T[], unladen: (thing: T) => Unladen<T>): Packed<T> => {
  const bytes = new Uint8Array(things.reduce((sum, { raw }) => sum + raw.byteLength, 0))
  let end = 0
  const parts = things.map((thing): readonly [end: number, rest: Unladen<T>] => {
    bytes.set(thing.raw, end)
    end += thing.raw.byteLength
    return [end, unladen(thing)]
  })
  return { ...say(parts), bytes }
}

/** The things again; their bytes are views of one piece of memory. */
export const unpack = <T extends Laden>({ bytes, ...parts }: Packed<T>): readonly (Unladen<T> & Laden)[] => {
  let from = 0
  return hear(parts).map(([end, rest]) => {
    const raw = bytes.subarray(from, end)
    from = end
    return { ...rest, raw }
  })
}

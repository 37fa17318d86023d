import type { Position } from '../problems.ts'

/** Where a value of the configuration stands. */
export interface Place {
  readonly at: Position
  /** Where its key stands; absent in a list. */
  readonly key?: Position
  /** The places of what is inside a mapping, by key, or inside a list, by number. */
  readonly inside: ReadonlyMap<string, Place>
  /** Came from the environment or from another file, so that it may be a secret. */
  readonly filled: boolean
  /** Already reported: what follows from it is not worth a line. */
  readonly broken: boolean
}

/** A way through mappings and lists: `['routes', '*', 1]`. */
export type Path = readonly (string | number)[]

/** The place at the end of a path, if the file has it. */
export const placeAt = (root: Place, path: Path): Place | undefined =>
  path.reduce<Place | undefined>((place, step) => place?.inside.get(String(step)), root)

/** The place at the end of a path, or the nearest one around it. */
export const nearest = (root: Place, path: Path): Place => placeAt(root, path) ?? nearest(root, path.slice(0, -1))

/** Is this place, or anything inside it, already reported? */
export const hasBroken = (place: Place): boolean => place.broken || [...place.inside.values()].some(hasBroken)

import type { Position } from '../problems.ts'

/** Where a value of the configuration stands. */
export interface SourceNode {
  readonly position: Position
  /** Where its key stands; absent in a list. */
  readonly key?: Position
  /** The places of what is inside a mapping, by key, or inside a list, by number. */
  readonly inside: ReadonlyMap<string, SourceNode>
  /** Came from the environment or from another file, so that it may be a secret. */
  readonly interpolated: boolean
  /** Already reported: what follows from it is not worth a line. */
  readonly reported: boolean
}

/** A way through mappings and lists: `['routes', '*', 1]`. */
export type Path = readonly (string | number)[]

/** The place at the end of a path, if the file has it. */
export const nodeAt = (root: SourceNode, path: Path): SourceNode | undefined =>
  path.reduce<SourceNode | undefined>((place, step) => place?.inside.get(String(step)), root)

/** The place at the end of a path, or the nearest one around it. */
export const nearestNode = (root: SourceNode, path: Path): SourceNode => nodeAt(root, path) ?? nearestNode(root, path.slice(0, -1))

/** Is this place, or anything inside it, already reported? */
export const hasReported = (place: SourceNode): boolean => place.reported || [...place.inside.values()].some(hasReported)

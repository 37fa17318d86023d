import type { Position } from '../problems.ts'

/** A value of the configuration file, with its position. */
export interface SourceNode {
  readonly position: Position
  /** The position of its key. Items of a list have none. */
  readonly key?: Position
  /** The values inside it, by key of the mapping or by index of the list. */
  readonly children: ReadonlyMap<string, SourceNode>
  /** The value comes from the environment or from another file, so it may be a secret. */
  readonly interpolated: boolean
  /** A problem with this value is already reported, so problems that follow from it are left out. */
  readonly reported: boolean
}

/** A path through mappings and lists, such as `['routes', '*', 1]`. */
export type Path = readonly (string | number)[]

/** Returns the node at a path. Returns undefined if the file has none. */
export const nodeAt = (root: SourceNode, path: Path): SourceNode | undefined =>
  path.reduce<SourceNode | undefined>((node, step) => node?.children.get(String(step)), root)

/** Returns the node at a path, or its nearest ancestor in the file. */
export const nearestNode = (root: SourceNode, path: Path): SourceNode => nodeAt(root, path) ?? nearestNode(root, path.slice(0, -1))

/** Returns whether a problem with this node, or with a node inside it, is already reported. */
export const hasReported = (node: SourceNode): boolean => node.reported || [...node.children.values()].some(hasReported)

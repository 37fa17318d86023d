import { anyJson, integer, list, string, struct } from '@callboard/core'

/** Custom fields of a group or a topic. The values are texts in every sample, but any JSON in the vendor's newest SDK. */
export const userDefinedData = list(struct({}, { Key: string, Value: anyJson }))

/** Pairs of a message extension, each with its version. A deleted pair has an empty `Value`. */
export const extensions = list(struct({}, { Key: string, Value: string, Seq: integer }))

const OPERATIONS: ReadonlyMap<number, string> = new Map([
  [1, 'set'],
  [2, 'deleted'],
  [3, 'cleared'],
])

/** Returns the name of an `OperateType` of a message extension for a log line. */
export const operationName = (type: number | undefined): string =>
  type === undefined ? 'changed' : (OPERATIONS.get(type) ?? `changed (${type})`)

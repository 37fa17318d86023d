import { anyJson, integer, list, string, struct } from '@callboard/core'

/** Custom fields of a group or a topic. Texts in every sample; the vendor's newest SDK takes any JSON. */
export const userDefinedData = list(struct({ Key: string, Value: anyJson }))

/** Pairs of a message extension, each with its version. `Value` is empty where the pair was deleted. */
export const extensions = list(struct({ Key: string, Value: string, Seq: integer }))

const OPERATIONS: ReadonlyMap<number, string> = new Map([
  [1, 'set'],
  [2, 'deleted'],
  [3, 'cleared'],
])

/** What `OperateType` did to a message extension, for people. */
export const operated = (type: number): string => OPERATIONS.get(type) ?? `changed (${type})`

import { identifier } from '@callboard/core'
import * as t from 'io-ts'

/** A room in a battle, and whose it is. */
export const contender = { RoomId: t.string, Owner_Account: identifier }

/** The rooms of a battle as one line shows them. */
export const versus = (from: string, to: readonly string[]): string => `${from} against ${to.join(', ') || 'nobody'}`

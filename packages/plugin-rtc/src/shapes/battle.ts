import { identifier, string } from '@callboard/core'

/** A room in a battle, and whose it is. */
export const contender = { RoomId: string, Owner_Account: identifier }

/** The rooms of a battle as one line shows them. */
export const versus = (from: string, to: readonly string[]): string => `${from} against ${to.join(', ') || 'nobody'}`

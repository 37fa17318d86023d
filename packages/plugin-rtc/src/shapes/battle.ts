import { identifier, string } from '@callboard/core'

/** A room in a battle with its owner. */
export const battleRoom = { RoomId: string, Owner_Account: identifier }

/** Returns the rooms of a battle for a log line. */
export const formatBattle = (from: string, to: readonly string[]): string => `${from} against ${to.join(', ') || 'nobody'}`

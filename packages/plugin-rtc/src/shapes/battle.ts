import { formatNames, identifier, string } from '@callboard/core'

/** The required fields of a room in a battle. */
export const battleRoom = { RoomId: string }
/** The optional fields of a room in a battle. */
export const battleOwner = { Owner_Account: identifier }

/** Returns the rooms of a battle for a log line. */
export const formatBattle = (from: string, to: readonly string[] | undefined): string =>
  `${from} against ${to ? formatNames(to) : 'unknown rooms'}`

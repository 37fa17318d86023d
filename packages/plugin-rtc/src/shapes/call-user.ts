import { identifier, string, struct } from '@callboard/core'

/** Somebody in a call. Status is an open set: Calling, Waiting. */
export const CallUser = struct({ User_Account: identifier, Status: string })

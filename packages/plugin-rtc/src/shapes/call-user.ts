import { identifier, string, struct } from '@callboard/core'

/** A member of a call. Status is an open set: Calling, Waiting. */
export const CallUser = struct({ User_Account: identifier }, { Status: string })

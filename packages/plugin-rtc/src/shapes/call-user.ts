import { identifier, struct } from '@callboard/core'
import * as t from 'io-ts'

/** Somebody in a call. Status is an open set: Calling, Waiting. */
export const CallUser = struct({ User_Account: identifier, Status: t.string })

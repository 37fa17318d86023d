import { list, struct, verdicts } from '@callboard/core'
import * as t from 'io-ts'

/** Codes that refuse something to an official account, and reach its caller. */
export const officialCodes = [120001, 130000] as const

/** A new official account: allowed or refused. */
export const creationVerdicts = verdicts({ codes: officialCodes })

/** New subscribers: all of them, some, or none. */
export const subscriptionVerdicts = verdicts({ reply: struct({}, { RefusedSubscribers_Account: list(t.string) }) })

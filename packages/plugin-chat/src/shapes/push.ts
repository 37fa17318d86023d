import { inMillis, integer, oneOf, seconds, string } from '@callboard/core'
import { union } from './union.ts'

const empty = oneOf('')
/** A number, or an empty text where the field does not apply to this kind of push. */
export const integerOrEmpty = union(empty, integer)
/** A time in seconds, or an empty text where the field does not apply to this kind of push. */
export const secondsOrEmpty = union(empty, seconds)

/** The fields of a push result. Unlike in other callbacks, `EventTime` is in seconds. */
export const pushFields = {
  /** The same command as in the URL. The batch itself has none. */
  CallbackCommand: string,
  EventTime: seconds,
  To_Account: string,
  /** An open set: 0 online or unknown, 1 APNs, 2 Xiaomi, 3 Huawei, 4 FCM, 5 Meizu, 6 OPPO, 7 vivo, 8 Honor. */
  PushPlatform: integer,
  /** An open set: 1 sent, 2 reached, 3 clicked. */
  PushStage: integer,
  /** 0 means success. */
  ErrCode: integer,
  ErrInfo: string,
}

interface PushResult {
  readonly EventTime?: number
  readonly ErrCode?: number
}

/** Returns the time of the last push in milliseconds; -Infinity, which is no valid time, when no result has one. */
export const lastEventTime = (batch: readonly PushResult[]): number | undefined =>
  inMillis(batch.reduce((latest, { EventTime = latest }) => Math.max(latest, EventTime), Number.NEGATIVE_INFINITY))

/** Returns the number of results and failures for a log line. */
export const summaryOf = (batch: readonly PushResult[]): string =>
  `${batch.length} results, ${batch.filter(({ ErrCode = 0 }) => ErrCode !== 0).length} failed`

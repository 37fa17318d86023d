import { integer, seconds, string } from '@callboard/core'
import { inMillis } from './time.ts'

/** The required fields of a push result. Unlike in other callbacks, `EventTime` is in seconds. */
export const pushFields = {
  EventTime: seconds,
  To_Account: string,
  /** An open set: 0 online or unknown, 1 APNs, 2 Xiaomi, 3 Huawei, 4 FCM, 5 Meizu, 6 OPPO, 7 vivo, 8 Honor. */
  PushPlatform: integer,
  /** An open set: 1 sent, 2 reached, 3 clicked. */
  PushStage: integer,
  /** 0 means success. */
  ErrCode: integer,
}

/** The optional fields of a push result. */
export const optionalPushFields = {
  /** The same command as in the URL. The batch itself has none. */
  CallbackCommand: string,
  ErrInfo: string,
}

interface PushResult {
  readonly EventTime: number
  readonly ErrCode: number
}

/** Returns the time of the last push in milliseconds; -Infinity for an empty batch, which is no valid time. */
export const lastEventTime = (batch: readonly PushResult[]): number =>
  inMillis(batch.reduce((latest, { EventTime }) => Math.max(latest, EventTime), Number.NEGATIVE_INFINITY))

/** Returns the number of results and failures for a log line. */
export const summaryOf = (batch: readonly PushResult[]): string =>
  `${batch.length} results, ${batch.filter(({ ErrCode }) => ErrCode !== 0).length} failed`

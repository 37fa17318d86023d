import { integer, seconds, string } from '@callboard/core'
import { inMillis } from './time.ts'

/** What each push of a batch tells; the vendor counts its times in seconds, here and nowhere else in an `EventTime`. */
export const pushed = {
  EventTime: seconds,
  To_Account: string,
  /** An open set: 0 online or unknown, 1 APNs, 2 Xiaomi, 3 Huawei, 4 FCM, 5 Meizu, 6 OPPO, 7 vivo, 8 Honor. */
  PushPlatform: integer,
  /** An open set: 1 sent, 2 reached, 3 clicked. */
  PushStage: integer,
  /** 0 where it went well. */
  ErrCode: integer,
}

/** What each push may tell besides. */
export const pushedBesides = {
  /** The same command as in the URL; a batch has none at its top. */
  CallbackCommand: string,
  ErrInfo: string,
}

interface Pushed {
  readonly EventTime: number
  readonly ErrCode: number
}

/** When the last push of a batch happened, in milliseconds; of an empty batch, at no moment that a calendar has. */
export const lastOf = (batch: readonly Pushed[]): number =>
  inMillis(batch.reduce((latest, { EventTime }) => Math.max(latest, EventTime), Number.NEGATIVE_INFINITY))

/** A batch as one line shows it. */
export const tally = (batch: readonly Pushed[]): string =>
  `${batch.length} results, ${batch.filter(({ ErrCode }) => ErrCode !== 0).length} failed`

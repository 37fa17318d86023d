import type { DeliveryState } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { BLOCKED, type ClaimState, LEASED, LEASED_BLOCKED, READY, UNBLOCKED_STATE_SQL } from '../schema.ts'
import { type SqlText, toSql } from '../sql-text.ts'
import type { Counters } from './counters.ts'

/** The lane of a delivery, and whether the delivery is first in it. */
export interface LanePosition {
  readonly lane: SqlText | null
  readonly claimState: ClaimState
}

export interface DeliveryRow extends LanePosition {
  readonly event: number
  readonly sink: string
  readonly state: DeliveryState
}

/** How many new deliveries of one sink an append may claim. */
export interface ClaimSlots {
  free: number
  readonly ordered: boolean
  readonly leaseMs: number
}

/** How a delivery ends. */
export type DeliveryEnd =
  | { readonly state: 'delivered' }
  | { readonly state: 'dead'; readonly error: string }
  | { readonly state: 'discarded'; readonly by: string }

/** The changes of a delivery. Each keeps the claim states of its lane and the counters right. */
export interface Deliveries {
  /** Adds a delivery at the end of its lane. With a free slot and a free lane it is claimed at once, and its token is returned. */
  readonly add: (
    event: number,
    sink: string,
    sinkIndex: number,
    lane: SqlText | null,
    now: number,
    slots?: ClaimSlots,
  ) => string | undefined
  readonly lanePositionOf: (event: number, sink: string) => LanePosition | undefined
  /** Ends a pending or dead delivery, and unblocks the next one of its lane. */
  readonly end: (delivery: DeliveryRow, ending: DeliveryEnd, now: number) => void
  /** Makes a delivery that has ended pending again, at the end of its lane. */
  readonly reopen: (delivery: Pick<DeliveryRow, 'event' | 'sink' | 'state'>, now: number) => void
  /** Updates the delivery counts in the row of an event, after any of the changes above. */
  readonly recountEvent: (event: number) => void
  /** The same, faster, after one pending delivery ended in `state`. */
  readonly finishEvent: (event: number, state: DeliveryState, now: number) => void
}

/** Returns the lane of an app and a key; null without a key. */
export const laneOf = (app: number, key: string | undefined): SqlText | null => (key === undefined ? null : toSql(`${app} ${key}`))

// `+?` instead of `?`, here and elsewhere in this folder: SQLite compares a bare parameter with the conditions of partial indexes. It
// then prepares the statement again for each value, which takes ten times as long as running it.
const pendingInLaneSql = (sink: string, lane: string): string =>
  `SELECT 1 FROM delivery other INDEXED BY delivery_lane WHERE other.sink = ${sink} AND other.lane = ${lane} AND other.state = 'pending'`

export const createDeliveries = (db: Database, counters: Counters, newToken: (event: number) => string): Deliveries => {
  const selectPending = db.prepare<[SqlText, SqlText], 1>(`${pendingInLaneSql('+?', '+?')} LIMIT 1`).pluck()
  const insert = db.prepare(
    `INSERT INTO delivery (event, sink, sink_index, lane, lane_seq, due, state, replay, claim_state, attempts, token)
     VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, ?, ?, ?)`,
  )
  const selectLanePosition = db.prepare<[number, SqlText], LanePosition>(
    'SELECT lane, claim_state AS claimState FROM delivery WHERE event = +? AND sink = +?',
  )
  const endDelivery = db.prepare(
    `UPDATE delivery SET state = ?, error = ?, ended_at = ?, token = NULL, claim_state = ${BLOCKED} WHERE event = +? AND sink = +?`,
  )
  const discardDelivery = db.prepare(
    `UPDATE delivery SET state = 'discarded', discarded_by = ?, ended_at = ?, token = NULL, claim_state = ${BLOCKED}
     WHERE event = +? AND sink = +?`,
  )
  const nextInLane = db
    .prepare<[SqlText, SqlText], number>(
      "SELECT event FROM delivery INDEXED BY delivery_lane WHERE sink = +? AND lane = +? AND state = 'pending' ORDER BY lane_seq LIMIT 1",
    )
    .pluck()
  const unblock = db.prepare(`UPDATE delivery SET claim_state = ${UNBLOCKED_STATE_SQL} WHERE event = +? AND sink = +?`)
  const reopenDelivery = db.prepare(
    `UPDATE delivery SET state = 'pending', lane_seq = ?, due = ?, attempts = 0, replay = 1, error = NULL, ended_at = NULL, discarded_by = NULL,
       claim_state = iif(lane IS NULL OR NOT EXISTS (${pendingInLaneSql('delivery.sink', 'delivery.lane')}), ${READY}, ${BLOCKED})
     WHERE event = ? AND sink = ?`,
  )
  const recountEvent = db.prepare(
    `UPDATE event SET (pending, dead, finished_at) = (
       SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'dead'),
              coalesce(max(ended_at) FILTER (WHERE state = 'dead'), max(ended_at), recorded_at)
       FROM delivery WHERE delivery.event = event.seq)
     WHERE seq = ?`,
  )
  const finishDead = db.prepare('UPDATE event SET pending = pending - 1, dead = dead + 1, finished_at = ? WHERE seq = ?')
  // The age of an event with a dead delivery counts from the end of that delivery.
  const finishOther = db.prepare(
    'UPDATE event SET pending = pending - 1, finished_at = CASE WHEN dead = 0 THEN ? ELSE finished_at END WHERE seq = ?',
  )

  return {
    add: (event, sink, sinkIndex, lane, now, slots) => {
      const name = toSql(sink)
      const isFirst = lane === null || selectPending.get(name, lane) === undefined
      const token = slots && slots.free > 0 && (isFirst || !slots.ordered) ? newToken(event) : undefined
      const laneSeq = counters.nextLaneSeq()
      if (slots && token !== undefined) {
        slots.free -= 1
        const due = Math.round(now + slots.leaseMs)
        insert.run(event, name, sinkIndex, lane, laneSeq, due, isFirst ? LEASED : LEASED_BLOCKED, 1, token)
      } else insert.run(event, name, sinkIndex, lane, laneSeq, now, isFirst ? READY : BLOCKED, 0, null)
      counters.addDeliveries(sink, 'pending', 1)
      return token
    },
    lanePositionOf: (event, sink) => selectLanePosition.get(event, toSql(sink)),
    end: ({ event, sink, state: before, lane, claimState }, ending, now) => {
      const name = toSql(sink)
      const { state } = ending
      if (state === 'discarded') discardDelivery.run(toSql(ending.by), now, event, name)
      else endDelivery.run(state, state === 'dead' ? toSql(ending.error) : null, now, event, name)
      const wasFirst = before === 'pending' && (claimState === READY || claimState === LEASED)
      const next = wasFirst && lane !== null ? nextInLane.get(name, lane) : undefined
      if (next !== undefined) unblock.run(next, name)
      counters.addDeliveries(sink, before, -1)
      counters.addDeliveries(sink, state, 1)
    },
    reopen: ({ event, sink, state }, now) => {
      reopenDelivery.run(counters.nextLaneSeq(), now, event, toSql(sink))
      counters.addDeliveries(sink, state, -1)
      counters.addDeliveries(sink, 'pending', 1)
    },
    recountEvent: (event) => recountEvent.run(event),
    finishEvent: (event, state, now) => (state === 'dead' ? finishDead : finishOther).run(now, event),
  }
}

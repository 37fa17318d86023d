import type { DeliveryState } from '@callboard/core'
import type { CandidateRequest, RowCandidate, Rows } from '@callboard/core/journal-window'
import type { Database } from 'better-sqlite3'
import {
  BLOCKED,
  type ClaimState,
  LEASED,
  LEASED_BLOCKED,
  LEASED_STATE_SQL,
  READY,
  RELEASED_STATE_SQL,
  UNBLOCKED_STATE_SQL,
} from '../schema.ts'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'
import type { Transactions } from './transaction.ts'

/** A row of the table `delivery`, as far as its changes need it. */
export interface Row {
  readonly lane: SqlText | null
  readonly place: number
  readonly claimState: ClaimState
  readonly state: DeliveryState
  readonly attempts: number
  readonly token: string | null
}

/** How a delivery ends. */
export type DeliveryEnd =
  | { readonly state: 'delivered' }
  | { readonly state: 'dead'; readonly error: string }
  | { readonly state: 'discarded'; readonly by: string }

/** The rows of one sink. */
export interface SinkRows extends Rows {
  readonly get: (event: number) => Row | undefined
  /** Adds a pending row, or makes a row that has ended pending again, at a place behind all others. */
  readonly append: (
    row: { event: number; lane: string | undefined; place: number; isReplay: boolean; sinkIndex: number | null },
    now: number,
  ) => void
  /** Ends a pending or dead row, and unblocks the next one of its lane. */
  readonly end: (event: number, row: Row, ending: DeliveryEnd, now: number) => void
  readonly retry: (event: number, due: number, error: string) => void
  readonly release: (event: number, now: number) => void
  readonly remove: (event: number) => void
  /** Ends all leases, as the next owner of the journal does. */
  readonly releaseAll: (now: number) => void
  /** Moves the times back at which rows are due. */
  readonly shift: (by: number, now: number) => void
}

// A leased delivery is due, and a candidate again, when its lease is over.
const candidatesSql = (condition: string): string =>
  `SELECT d.event AS position, d.due, d.place, d.lane
   FROM delivery d INDEXED BY delivery_pending
   WHERE d.sink = @sink AND d.state = 'pending' AND d.claim_state = @claimState AND d.due <= @now ${condition}
   ORDER BY d.due, d.place`

// A claim without order may have leased a later delivery of the lane.
const IS_NEXT_IN_LANE = `AND d.place <= @readTo AND NOT EXISTS (
  SELECT 1 FROM delivery other INDEXED BY delivery_pending
  WHERE other.sink = d.sink AND other.state = 'pending' AND other.claim_state = ${LEASED_BLOCKED} AND other.due > @now AND other.lane = d.lane)`

/** SQL of claims and of the repair of due times. Exported for the tests of their query plans. */
export const ROWS_SQL = {
  inOrder: candidatesSql(IS_NEXT_IN_LANE),
  any: candidatesSql(''),
  // A delivery that was due in n milliseconds is still due in n milliseconds.
  shift: `UPDATE delivery INDEXED BY delivery_pending SET due = due - @by
    WHERE sink = @sink AND state = 'pending' AND claim_state = @claimState AND due > @now`,
  release: `UPDATE delivery INDEXED BY delivery_pending SET token = NULL, due = @now, claim_state = ${RELEASED_STATE_SQL}
    WHERE sink = @sink AND state = 'pending' AND claim_state = @claimState`,
}

type Candidate = RowCandidate & { readonly place: number; readonly lane: SqlText | null }
type CandidateQuery = { readonly sink: number; readonly claimState: ClaimState; readonly now: number; readonly readTo: number }

// `+?` instead of `?`, here and elsewhere in this folder: SQLite compares a bare parameter with the conditions of partial indexes. It
// then prepares the statement again for each value, which takes ten times as long as running it.
const inLaneSql = (columns: string, order: 'ASC' | 'DESC'): string =>
  `SELECT ${columns} FROM delivery INDEXED BY delivery_lane
   WHERE sink = +? AND lane = +? AND state = 'pending' ORDER BY place ${order} LIMIT 1`

const ALL_STATES = [BLOCKED, READY, LEASED_BLOCKED, LEASED] as const

/** Creates the rows of any sink. */
export const createSinkRows = (db: Database, transactions: Transactions): ((sink: number) => SinkRows) => {
  const inOrder = db.prepare<CandidateQuery, Candidate>(ROWS_SQL.inOrder)
  const any = db.prepare<CandidateQuery, Candidate>(ROWS_SQL.any)
  const lease = db.prepare<[string, number, number, number], { attempts: number; replay: number }>(
    `UPDATE delivery SET token = ?, due = ?, attempts = attempts + 1, claim_state = ${LEASED_STATE_SQL}
     WHERE event = +? AND sink = +? RETURNING attempts, replay`,
  )
  const nextDue = db
    .prepare<[number, ClaimState, number], number | null>(
      "SELECT min(due) FROM delivery INDEXED BY delivery_pending WHERE sink = ? AND state = 'pending' AND claim_state = ? AND due > ?",
    )
    .pluck()
  const selectRow = db.prepare<[number, number], Row>(
    'SELECT lane, place, claim_state AS claimState, state, attempts, token FROM delivery WHERE event = +? AND sink = +?',
  )
  const firstInLane = db.prepare<[number, SqlText], { event: number; place: number }>(inLaneSql('event, place', 'ASC'))
  const lastPlace = db.prepare<[number, SqlText], number>(inLaneSql('place', 'DESC')).pluck()
  const insert = db.prepare(
    `INSERT INTO delivery (event, sink, sink_index, lane, place, claim_state, state, due, attempts, replay, token)
     VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?)
     ON CONFLICT (event, sink) DO UPDATE SET lane = excluded.lane, place = excluded.place, claim_state = excluded.claim_state, state = 'pending',
       due = excluded.due, attempts = 0, replay = excluded.replay, token = NULL, error = NULL, ended_at = NULL, discarded_by = NULL`,
  )
  const block = db.prepare(
    `UPDATE delivery SET claim_state = CASE claim_state WHEN ${READY} THEN ${BLOCKED} ELSE ${LEASED_BLOCKED} END WHERE event = +? AND sink = +?`,
  )
  const unblock = db.prepare(`UPDATE delivery SET claim_state = ${UNBLOCKED_STATE_SQL} WHERE event = +? AND sink = +?`)
  const endRow = db.prepare(
    `UPDATE delivery SET state = ?, error = ?, ended_at = ?, token = NULL, claim_state = ${BLOCKED} WHERE event = +? AND sink = +?`,
  )
  const discard = db.prepare(
    `UPDATE delivery SET state = 'discarded', discarded_by = ?, ended_at = ?, token = NULL, claim_state = ${BLOCKED}
     WHERE event = +? AND sink = +?`,
  )
  const retry = db.prepare(
    `UPDATE delivery SET token = NULL, claim_state = ${RELEASED_STATE_SQL}, due = ?, error = ? WHERE event = +? AND sink = +?`,
  )
  const release = db.prepare(
    `UPDATE delivery SET token = NULL, claim_state = ${RELEASED_STATE_SQL}, due = ?, attempts = attempts - 1 WHERE event = +? AND sink = +?`,
  )
  const remove = db.prepare('DELETE FROM delivery WHERE event = +? AND sink = +?')
  const countPending = db.prepare<[number], number>("SELECT count(*) FROM delivery WHERE sink = ? AND state = 'pending'").pluck()
  const shift = db.prepare<{ by: number; sink: number; claimState: ClaimState; now: number }>(ROWS_SQL.shift)
  const releaseAll = db.prepare<{ now: number; sink: number; claimState: ClaimState }>(ROWS_SQL.release)

  return (sink) => {
    let pendingCount = countPending.get(sink) ?? 0

    const addPending = (by: number) => {
      pendingCount += by
      transactions.onRollback(() => {
        pendingCount -= by
      })
    }

    /** Inserts a pending row at its place in its lane. */
    const enter = (
      event: number,
      row: {
        lane: string | undefined
        place: number
        due: number
        attempts: number
        isReplay: boolean
        sinkIndex: number | null
        token: string | null
      },
    ) => {
      const lane = row.lane === undefined ? null : toSql(row.lane)
      const first = lane === null ? undefined : firstInLane.get(sink, lane)
      const isFirst = first === undefined || first.place > row.place
      if (first && isFirst) block.run(first.event, sink)
      const states = row.token === null ? ([READY, BLOCKED] as const) : ([LEASED, LEASED_BLOCKED] as const)
      const claimState = states[isFirst ? 0 : 1]
      const { sinkIndex, place, due, attempts, isReplay, token } = row
      insert.run(event, sink, sinkIndex, lane, place, claimState, due, attempts, isReplay ? 1 : 0, token)
      addPending(1)
    }

    const select = (statement: typeof any, claimState: ClaimState, { now, limit, readTo, isLeased, ordered }: CandidateRequest) => {
      const found: Candidate[] = []
      const last = Math.min(readTo, Number.MAX_SAFE_INTEGER)
      for (const candidate of statement.iterate({ sink, claimState, now, readTo: last })) {
        if (found.length === limit) break
        const { lane } = candidate
        if (!ordered || lane === null || !isLeased(fromSql(lane))) found.push(candidate)
      }
      return found
    }

    return {
      hasPending: () => pendingCount > 0,
      lastPlace: (lane) => lastPlace.get(sink, toSql(lane)),
      add: ({ position, lane, due, lease: held }) =>
        enter(position, {
          lane,
          place: position,
          // The wall clock may have been set back since the event was recorded.
          due: Math.round(held && Number.isFinite(held.end) ? held.end : Math.min(due, transactions.now())),
          attempts: held ? 1 : 0,
          isReplay: false,
          sinkIndex: null,
          token: held?.token ?? null,
        }),
      append: ({ event, lane, place, isReplay, sinkIndex }, now) =>
        enter(event, { lane, place, due: now, attempts: 0, isReplay, sinkIndex, token: null }),
      candidates: (request) => {
        const { ordered, limit } = request
        const statement = ordered ? inOrder : any
        const found = [READY, LEASED].flatMap((claimState) => select(statement, claimState, request))
        const rest = ordered || found.length >= limit ? [] : [BLOCKED, LEASED_BLOCKED].flatMap((state) => select(any, state, request))
        return [...found, ...rest].sort((a, b) => a.due - b.due || a.place - b.place).slice(0, limit)
      },
      lease: (event, token, end) => {
        const row = lease.get(token, Math.round(end), event, sink)
        return { attempt: row?.attempts ?? 1, replay: row?.replay === 1 }
      },
      nextDue: (ordered, now) => {
        const states = ordered ? [READY, LEASED_BLOCKED, LEASED] : ALL_STATES
        const dueTimes = states.map((claimState) => nextDue.get(sink, claimState, now)).filter((due) => typeof due === 'number')
        return dueTimes.length === 0 ? undefined : Math.min(...dueTimes)
      },
      get: (event) => selectRow.get(event, sink),
      end: (event, { lane, claimState, state }, ending, now) => {
        if (ending.state === 'discarded') discard.run(toSql(ending.by), now, event, sink)
        else endRow.run(ending.state, ending.state === 'dead' ? toSql(ending.error) : null, now, event, sink)
        if (state !== 'pending') return
        addPending(-1)
        const wasFirst = claimState === READY || claimState === LEASED
        const next = wasFirst && lane !== null ? firstInLane.get(sink, lane) : undefined
        if (next) unblock.run(next.event, sink)
      },
      retry: (event, due, error) => retry.run(Math.round(due), toSql(error), event, sink),
      release: (event, now) => release.run(now, event, sink),
      remove: (event) => remove.run(event, sink),
      releaseAll: (now) => {
        for (const claimState of [LEASED_BLOCKED, LEASED] as const) releaseAll.run({ now, sink, claimState })
      },
      shift: (by, now) => {
        for (const claimState of ALL_STATES) shift.run({ by, sink, claimState, now })
      },
    }
  }
}

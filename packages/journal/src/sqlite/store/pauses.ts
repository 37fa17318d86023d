import type { SinkPause } from '@callboard/core'
import type { Database } from 'better-sqlite3'
import { fromSql, type SqlText, toSql } from '../sql-text.ts'

interface PauseRow {
  readonly sink: SqlText
  readonly since: number
  readonly reason: SqlText
}

const toPause = ({ since, reason }: PauseRow): SinkPause => ({ since, reason: fromSql(reason) })

/** Returns the function that reads all pauses, by sink. For the owner and for readers. */
export const createReadPauses = (db: Database): (() => ReadonlyMap<string, SinkPause>) => {
  const select = db.prepare<[], PauseRow>('SELECT sink, since, reason FROM sink_pause')
  return () => new Map(select.all().map((row) => [fromSql(row.sink), toPause(row)]))
}

/** The pauses of sinks. Their caller runs the transaction. */
export interface Pauses {
  readonly find: (sink: string) => SinkPause | undefined
  /** Pauses a sink, unless it is paused already. */
  readonly add: (sink: string, reason: string, now: number) => void
  /** Resumes a sink. Returns whether it was paused. */
  readonly remove: (sink: string) => boolean
}

export const createPauses = (db: Database): Pauses => {
  const select = db.prepare<[SqlText], PauseRow>('SELECT sink, since, reason FROM sink_pause WHERE sink = ?')
  const insert = db.prepare('INSERT INTO sink_pause (sink, since, reason) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const remove = db.prepare('DELETE FROM sink_pause WHERE sink = ?')
  return {
    find: (sink) => {
      const row = select.get(toSql(sink))
      return row && toPause(row)
    },
    add: (sink, reason, now) => insert.run(toSql(sink), now, toSql(reason)),
    remove: (sink) => remove.run(toSql(sink)).changes > 0,
  }
}

// #region sink
import { DatabaseSync } from 'node:sqlite'
import { defineSink, strictStruct, string } from '@callboard/core'

/** Writes one row per event. An event may be delivered twice, always with the same id, so a conflict on the id is ignored. */
export default defineSink({
  kind: 'table',
  options: strictStruct({ path: string }),
  open: ({ path }) => {
    const database = new DatabaseSync(path)
    database.exec('create table if not exists events (id text primary key, command text, about text, body text)')
    const insert = database.prepare('insert into events values (?, ?, ?, ?) on conflict do nothing')
    return {
      write: ({ event }, signal) => {
        signal.throwIfAborted()
        insert.run(event.id, event.command, event.key ?? null, JSON.stringify(event.body))
      },
      close: () => database.close(),
    }
  },
})
// #endregion

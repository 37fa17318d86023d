export { JournalBusyError, JournalOpenError, JournalVersionError } from './errors.ts'
export { type Failpoint, parseFailpoints } from './failpoint.ts'
export { openReader, type Reader } from './reader.ts'
export { type SqliteOptions, sqlite } from './sqlite.ts'

import { type Journal, memory } from '@callboard/core'
import { JournalBusyError, sqlite } from '@callboard/journal'
import { EX, Exit } from './exit.ts'

/** Which journal the configuration names. */
export type JournalSettings = { readonly use: 'memory' } | { readonly use: 'sqlite'; readonly path: string }

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
const NOT_PERMITTED = new Set(['EACCES', 'EPERM', 'EROFS'])

/** Opens the journal. An `Exit` says what to do when that is not possible. */
export const openJournal = async (settings: JournalSettings): Promise<Journal> => {
  if (settings.use === 'memory') return memory()
  try {
    return await sqlite({ path: settings.path })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof JournalBusyError) throw new Exit(EX.busy, message, { cause: error })
    throw new Exit(NOT_PERMITTED.has(codeOf(error)) ? EX.noPermission : EX.io, message, { cause: error })
  }
}

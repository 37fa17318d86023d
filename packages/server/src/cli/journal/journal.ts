import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { DEFAULT_DEDUPE_WINDOW_MS, sanitize } from '@callboard/core'
import { backupJournal, JournalBackupError, verifyJournal } from '@callboard/journal'
import type { PruneResponse } from '../../admin/admin-api.ts'
import { type AdminTarget, connectAdmin } from '../../admin/connect.ts'
import { MAX_COUNTED_EVENTS } from '../../admin/kept-events.ts'
import { currentUser } from '../../util/current-user.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { createProgressLine } from '../../util/progress-line.ts'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { alreadyExists } from '../shared/files.ts'
import { plural } from '../shared/format.ts'
import { journalFile, openConfiguredReader, readError } from '../shared/read-journal.ts'

/** The flag that all commands of `journal` have. */
export interface JsonFlag {
  readonly json?: boolean
}

/** Runs `journal verify`: prints the problems of the journal, one per line. */
export const verifyCommand = async ({ json = false }: JsonFlag, configFile: string | undefined): Promise<ExitCode> => {
  const file = await journalFile(configFile)
  const problems = await verifyJournal(file).catch((error: unknown) => {
    throw readError(file, error)
  })
  for (const problem of problems) {
    if (json) print(JSON.stringify({ problem }))
    else printError(sanitize(problem))
  }
  if (problems.length === 0 && !json) print(sanitize(`${file}: OK`))
  return problems.length === 0 ? EX.ok : EX.dataError
}

const backupError = (file: string, target: string, error: unknown): OperatorError => {
  if (!(error instanceof JournalBackupError)) return readError(file, error)
  if (error.code === 'EEXIST') return alreadyExists(target)
  const reason = error.code === 'SQLITE_FULL' || error.code === 'ENOSPC' ? 'io' : 'cannotCreate'
  return new OperatorError(reason, `cannot write ${target}: ${error.detail} (${error.code})`, { cause: error })
}

/** Runs `journal backup FILE`: copies the journal as it is at one moment. */
export const backupCommand = async (path: string, { json = false }: JsonFlag, configFile: string | undefined): Promise<ExitCode> => {
  const file = await journalFile(configFile)
  const target = resolve(path)
  if (existsSync(target)) throw alreadyExists(target)
  const progress = createProgressLine()
  await backupJournal(file, target, (done, total) => progress.show(`copied ${done} of ${total} pages`))
    .catch((error: unknown) => {
      throw backupError(file, target, error)
    })
    .finally(progress.clear)
  const { size: bytes } = statSync(target)
  print(json ? JSON.stringify({ file: target, bytes }) : sanitize(`wrote ${target}: ${plural(bytes, 'byte')}`))
  return EX.ok
}

const fileBytes = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** Runs `journal stats`: prints the size of the journal and the deliveries of each sink. */
export const statsCommand = async ({ json = false }: JsonFlag, configFile: string | undefined): Promise<ExitCode> => {
  const file = await journalFile(configFile)
  const reader = await openConfiguredReader(configFile)
  try {
    const stats = reader.stats()
    const onDisk = fileBytes(file) + fileBytes(`${file}-wal`)
    if (json) print(JSON.stringify({ file, onDisk, ...stats }))
    else {
      print(sanitize(`${file}: ${plural(onDisk, 'byte')} on disk`))
      print(`${plural(stats.events, 'event')} with ${plural(stats.bytes, 'byte')} of bodies`)
      for (const [name, { pending, delivered, dead, discarded }] of Object.entries(stats.sinks))
        print(sanitize(`${name}  pending ${pending}  delivered ${delivered}  dead ${dead}  discarded ${discarded}`))
    }
    return EX.ok
  } finally {
    reader.close()
  }
}

/** The flags of `journal prune`. An absent limit is that of the configuration. */
export interface PruneFlags extends JsonFlag {
  /** Milliseconds. */
  readonly delivered?: number
  /** Milliseconds. */
  readonly dead?: number
  /** Bytes. */
  readonly size?: number
  readonly by?: string
  readonly admin?: string
}

const WINDOW_MINUTES = DEFAULT_DEDUPE_WINDOW_MS / 60_000

/** Says why events that are old enough stay. */
const keptLines = ({ recent, pending }: NonNullable<PruneResponse['kept']>): readonly string[] => [
  ...(recent > 0
    ? [
        `kept ${recent === MAX_COUNTED_EVENTS ? 'at least ' : ''}${plural(recent, 'event')} of the last ${WINDOW_MINUTES} minutes, in which duplicates are recognized`,
      ]
    : []),
  ...(pending > 0 ? [`kept the events of ${pending} pending ${pending === 1 ? 'delivery' : 'deliveries'}; see \`callboard sinks\``] : []),
]

const PRUNE_BATCH_SIZE = 500

/** Runs `journal prune`: removes old finished events in small batches. */
export const pruneCommand = async ({ json = false, by, delivered, dead, size }: PruneFlags, target: AdminTarget): Promise<ExitCode> => {
  const request = {
    ...(delivered !== undefined && { delivered }),
    ...(dead !== undefined && { dead }),
    ...(size !== undefined && { size }),
    limit: PRUNE_BATCH_SIZE,
    by: currentUser(by),
  }
  const { admin, close } = await connectAdmin(target)
  const progress = createProgressLine()
  try {
    let removed = 0
    let kept: PruneResponse['kept']
    for (;;) {
      const result = await admin.prune(request)
      removed += result.events
      kept = result.kept
      progress.show(`removed ${plural(removed, 'event')}`)
      if (!result.more || result.events === 0) break
    }
    progress.clear()
    const { events } = await admin.journal()
    if (json) print(JSON.stringify({ removed, left: events, ...(kept && { kept }) }))
    else {
      print(`removed ${plural(removed, 'event')}; ${events} left`)
      for (const line of kept ? keptLines(kept) : []) print(line)
    }
    return EX.ok
  } finally {
    await close()
  }
}

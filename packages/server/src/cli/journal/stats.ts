import { statSync } from 'node:fs'
import { sanitize } from '@callboard/core'
import { loadConfigOrDemo } from '../../config/load.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { openEvents } from '../shared/open-reader.ts'

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** `journal stats`: what the journal holds. */
export const journalStats = async (json: boolean, config: string | undefined): Promise<ExitCode> => {
  const { journal } = await loadConfigOrDemo(config)
  const reader = await openEvents(config)
  try {
    const stats = reader.stats()
    const file = journal.use === 'sqlite' ? journal.path : ''
    const onDisk = sizeOf(file) + sizeOf(`${file}-wal`)
    if (json) print(JSON.stringify({ file, onDisk, ...stats }))
    else {
      print(sanitize(`${file}: ${onDisk} bytes on disk`))
      print(`events ${stats.events}, bytes of bodies ${stats.bytes}`)
      for (const [name, { pending, delivered, dead, discarded }] of Object.entries(stats.sinks))
        print(sanitize(`${name}  pending ${pending}  delivered ${delivered}  dead ${dead}  discarded ${discarded}`))
    }
    return EX.ok
  } finally {
    reader.close()
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []

/** The path of a journal that is not there yet, in a directory of its own. */
export const newPath = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'callboard-'))
  made.push(directory)
  return join(directory, 'journal.db')
}

/** Removes what `newPath` made. */
export const removeAll = async (): Promise<void> => {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true })
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const directories: string[] = []

/** Returns the path of a new journal in a new temporary directory. */
export const newPath = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'callboard-'))
  directories.push(directory)
  return join(directory, 'journal.db')
}

/** Removes the directories of `newPath`. */
export const removeAll = async (): Promise<void> => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true })
}

import { execFileSync } from 'node:child_process'
import { chownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OPENER = fileURLToPath(new URL('./opener.ts', import.meta.url))
const NOBODY = 65_534

const isRoot = process.getuid?.() === 0

/** Gives a directory and its files to the user nobody if this process is root, because root ignores file permissions. */
export const giveToNobody = (directory: string): void => {
  if (!isRoot) return
  for (const each of [directory, ...readdirSync(directory).map((name) => join(directory, name))]) chownSync(each, NOBODY, NOBODY)
}

/** Checks and opens a journal in a process that is not root. Returns the error of the check and the error of the opening. */
export const errorsWithoutRoot = (path: string): unknown => {
  const options = { encoding: 'utf8', cwd: '/', ...(isRoot && { uid: NOBODY, gid: NOBODY }) } as const
  return JSON.parse(execFileSync(process.execPath, ['--conditions=@callboard/source', OPENER, path], options))
}

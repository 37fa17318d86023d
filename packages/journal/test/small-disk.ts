import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of its own, small enough to be filled. */
export interface SmallDisk {
  readonly directory: string
  /** Somebody else takes all the room that is left, to the last byte. */
  readonly fill: () => void
  /** Gives that room back. */
  readonly free: () => void
  readonly remove: () => void
}

/** Mounts a small disk; or says why that cannot be done here. */
export const smallDisk = (megabytes: number): SmallDisk | { readonly missing: string } => {
  const directory = mkdtempSync(join(tmpdir(), 'callboard-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], { stdio: 'pipe' })
  } catch (error) {
    rmSync(directory, { recursive: true })
    return { missing: `no small disk can be mounted here: ${error instanceof Error ? error.message.trim() : String(error)}` }
  }
  const filler = join(directory, 'filler')
  return {
    directory,
    fill: () => {
      const file = openSync(filler, 'a')
      try {
        for (const size of [2 ** 20, 4096, 1]) {
          try {
            for (;;) writeSync(file, Buffer.alloc(size))
          } catch {}
        }
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(filler),
    remove: () => {
      execFileSync('umount', ['--lazy', directory])
      rmSync(directory, { recursive: true })
    },
  }
}

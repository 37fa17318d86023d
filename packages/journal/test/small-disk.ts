import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A mounted file system that is small enough to be filled. */
export interface SmallDisk {
  readonly directory: string
  /** Fills the disk to the last byte with a file. */
  readonly fill: () => void
  /** Removes that file. */
  readonly free: () => void
  readonly remove: () => void
}

/** Mounts a small disk, or returns the reason why it cannot. */
export const smallDisk = (megabytes: number): SmallDisk | { readonly missing: string } => {
  const directory = mkdtempSync(join(tmpdir(), 'callboard-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], { stdio: 'pipe' })
  } catch (error) {
    rmSync(directory, { recursive: true })
    return { missing: `cannot mount a small disk: ${error instanceof Error ? error.message.trim() : String(error)}` }
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

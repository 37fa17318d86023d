import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

const sizeOf = async (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

/** Bytes that a journal takes, and that are free beside it; undefined where there is no file, or no telling. */
export const spaceOf = async (journal: string | undefined): Promise<{ readonly used: number; readonly free: number } | undefined> => {
  if (journal === undefined) return undefined
  try {
    const { bavail, bsize } = await statfs(dirname(journal))
    const sizes = await Promise.all(['', '-wal', '-shm'].map((suffix) => sizeOf(`${journal}${suffix}`)))
    return { used: sizes.reduce((sum, size) => sum + size, 0), free: bavail * bsize }
  } catch {
    return undefined
  }
}

import { duration, size } from '@callboard/core'
import { type AdminTarget, connectAdmin } from '../../admin/connect.ts'
import { currentUser } from '../../util/current-user.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { createProgressLine } from '../../util/progress-line.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'

/** What the command line says instead of the configuration's retention. */
export interface PruneFlags {
  readonly delivered?: string
  readonly dead?: string
  readonly size?: string
  readonly by?: string
  readonly json?: boolean
}

const AT_ONCE = 500

/** An option as a number of milliseconds or bytes. */
const amountOf = (name: string, text: string, codec: typeof duration): number => {
  const decoded = codec.decode(text)
  if (decoded._tag === 'Left') throw new OperatorError('usage', `--${name}: expected ${codec.name}`)
  return decoded.right
}

/** `journal prune`: removes what need not be kept any longer, a little at a time. */
export const pruneJournal = async ({ json = false, by, ...given }: PruneFlags, where: AdminTarget): Promise<ExitCode> => {
  const keep = {
    ...(given.delivered !== undefined && { delivered: amountOf('delivered', given.delivered, duration) }),
    ...(given.dead !== undefined && { dead: amountOf('dead', given.dead, duration) }),
    ...(given.size !== undefined && { size: amountOf('size', given.size, size) }),
  }
  const { admin, close } = await connectAdmin(where)
  const progress = createProgressLine()
  try {
    let removed = 0
    for (;;) {
      const { events, more } = await admin.prune({ ...keep, limit: AT_ONCE, by: currentUser(by) })
      removed += events
      progress.show(`${removed} events removed so far`)
      if (!more || events === 0) break
    }
    progress.clear()
    const { events } = await admin.journal()
    print(json ? JSON.stringify({ removed, left: events }) : `removed ${removed} ${removed === 1 ? 'event' : 'events'}; ${events} left`)
    return EX.ok
  } finally {
    await close()
  }
}

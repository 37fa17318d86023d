import { setTimeout as passed } from 'node:timers/promises'
import type { EventRecord, EventStatus } from '@callboard/core'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { line, shown } from '../shared/format-event.ts'
import { journalFile } from '../shared/open-reader.ts'
import { createFollower } from './journal-follower.ts'

/** What the command line of `tail` says. */
export interface TailFlags {
  readonly command?: string
  readonly key?: string
  readonly app?: number
  readonly sink?: string
  readonly status?: EventStatus
  readonly lines: number
  readonly json?: boolean
}

/** Between two looks, in milliseconds: a person takes it for at once, and the journal does not notice. */
const PAUSE = 100

/** Aborts when somebody asks the program to end; the second time the system ends it. */
const untilAsked = (): AbortSignal => {
  const asked = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => asked.abort())
  return asked.signal
}

/** `tail`: each event once, in the order of the journal, as it is when it is first seen. */
export const tailCommand = async ({ lines, json = false, ...wanted }: TailFlags, config: string | undefined): Promise<ExitCode> => {
  const follower = createFollower(await journalFile(config), wanted, lines, printError)
  const asked = untilAsked()
  const show = (event: EventRecord) => print(json ? JSON.stringify(shown(event)) : line(event))
  try {
    while (!asked.aborted) {
      const { events, more } = follower.look()
      for (const event of events) show(event)
      await passed(more ? 0 : PAUSE, undefined, { signal: asked }).catch(() => {})
    }
    return EX.ok
  } finally {
    follower.close()
  }
}

import { printable } from '@callboard/core'
import type { Where } from '../../admin/connect.ts'
import { findServer } from '../../admin/find-server.ts'
import { MOST_BLOCKED, overview } from '../../admin/sink-status.ts'
import type { SinkTold } from '../../admin/told.ts'
import { configuredOrDemo } from '../../config/load.ts'
import { EX, Exit, type ExitCode } from '../../util/exit.ts'
import { complain, print } from '../../util/terminal.ts'
import { openEvents } from '../shared/open-reader.ts'
import { agoOf } from './format-duration.ts'

/** As the running server tells, else as far as the journal knows. */
const sinksOf = async ({ config, admin }: Where): Promise<readonly SinkTold[]> => {
  const { service, journal } = await configuredOrDemo(config)
  const server = await findServer(service.settings.admin, admin, journal)
  if (server.as === 'ours') return server.operator.sinks()
  complain(
    server.as === 'other'
      ? `the Callboard at ${server.url} writes another journal: how these sinks are doing is not known`
      : `no server answers at ${server.url}: how the sinks are doing is not known`,
  )
  if (journal.use === 'memory') throw new Exit(EX.unavailable, 'a journal in memory cannot be read from outside')
  const reader = await openEvents(config)
  try {
    const configured = Object.entries(service.sinks).map(([name, sink]) => ({ name, kind: typeof sink === 'function' ? '' : sink.kind }))
    return await overview(configured, reader.stats(), (sink) => reader.blocked(sink, MOST_BLOCKED))
  } finally {
    reader.close()
  }
}

const healthOf = ({ health, why, after }: SinkTold, now: number): string => {
  const until = after === undefined ? '' : ` for ${agoOf(now - after, now)}`
  const reason = why === undefined ? '' : `: ${why}`
  if (health === 'unconfigured') return 'no longer configured: what is pending is held'
  return `${health}${until}${reason}`
}

/** One sink for people: a line, and one more for each key that is held up. */
export const linesOf = (sink: SinkTold, now: number): readonly string[] => {
  const { name, kind, pending, delayed, inFlight, dead, oldestPending, blocked } = sink
  const oldest = oldestPending === null ? '' : ` (oldest ${agoOf(Date.parse(oldestPending), now)})`
  const counts = `pending ${pending}${oldest}  delayed ${delayed}  in flight ${inFlight}  dead ${dead}`
  const lanes = blocked.map(({ app, key, command, id, attempts, dueAt, error, behind }) => {
    const others = behind === 0 ? '' : `, ${behind} behind it`
    const again = agoOf(now - Math.max(0, Date.parse(dueAt) - now), now)
    return `  key ${key} of app ${app} waits for ${command} ${id}: attempt ${attempts + 1} in ${again}${others}: ${error}`
  })
  return [`${name}  ${kind ?? '-'}  ${healthOf(sink, now)}  ${counts}`, ...lanes]
}

/** `sinks`: how each is doing, and what waits for it. */
export const listSinks = async (json: boolean, where: Where): Promise<ExitCode> => {
  const sinks = await sinksOf(where)
  for (const sink of sinks) {
    if (json) print(JSON.stringify(sink))
    else for (const line of linesOf(sink, Date.now())) print(printable(line))
  }
  return EX.ok
}

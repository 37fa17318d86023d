import { sanitize } from '@callboard/core'
import type { AdminTarget } from '../../admin/connect.ts'
import { findServer } from '../../admin/find-server.ts'
import { MAX_BLOCKED_KEYS, sinkStatuses } from '../../admin/sink-status.ts'
import type { SinkStatus } from '../../admin/told.ts'
import { loadConfigOrDemo } from '../../config/load.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { openEvents } from '../shared/open-reader.ts'
import { formatDuration } from './format-duration.ts'

/** As the running server tells, else as far as the journal knows. */
const sinksOf = async ({ config, admin }: AdminTarget): Promise<readonly SinkStatus[]> => {
  const { service, journal } = await loadConfigOrDemo(config)
  const server = await findServer(service.settings.admin, admin, journal)
  if (server.type === 'ours') return server.operator.sinks()
  printError(
    server.type === 'other'
      ? `the Callboard at ${server.url} writes another journal: how these sinks are doing is not known`
      : `no server answers at ${server.url}: how the sinks are doing is not known`,
  )
  if (journal.use === 'memory') throw new OperatorError('unavailable', 'a journal in memory cannot be read from outside')
  const reader = await openEvents(config)
  try {
    const configured = Object.entries(service.sinks).map(([name, sink]) => ({ name, kind: typeof sink === 'function' ? '' : sink.kind }))
    return await sinkStatuses(configured, reader.stats(), (sink) => reader.blocked(sink, MAX_BLOCKED_KEYS))
  } finally {
    reader.close()
  }
}

const healthOf = ({ health, reason, retryInMs }: SinkStatus, now: number): string => {
  const until = retryInMs === undefined ? '' : ` for ${formatDuration(now - retryInMs, now)}`
  const because = reason === undefined ? '' : `: ${reason}`
  if (health === 'unconfigured') return 'no longer configured: what is pending is held'
  return `${health}${until}${because}`
}

/** One sink for people: a line, and one more for each key that is held up. */
export const linesOf = (sink: SinkStatus, now: number): readonly string[] => {
  const { name, kind, pending, delayed, inFlight, dead, oldestPending, blocked } = sink
  const oldest = oldestPending === null ? '' : ` (oldest ${formatDuration(Date.parse(oldestPending), now)})`
  const counts = `pending ${pending}${oldest}  delayed ${delayed}  in flight ${inFlight}  dead ${dead}`
  const lanes = blocked.map(({ app, key, command, id, attempts, dueAt, error, waitingBehind }) => {
    const others = waitingBehind === 0 ? '' : `, ${waitingBehind} behind it`
    const again = formatDuration(now - Math.max(0, Date.parse(dueAt) - now), now)
    return `  key ${key} of app ${app} waits for ${command} ${id}: attempt ${attempts + 1} in ${again}${others}: ${error}`
  })
  return [`${name}  ${kind ?? '-'}  ${healthOf(sink, now)}  ${counts}`, ...lanes]
}

/** `sinks`: how each is doing, and what waits for it. */
export const listSinks = async (json: boolean, where: AdminTarget): Promise<ExitCode> => {
  const sinks = await sinksOf(where)
  for (const sink of sinks) {
    if (json) print(JSON.stringify(sink))
    else for (const line of linesOf(sink, Date.now())) print(sanitize(line))
  }
  return EX.ok
}

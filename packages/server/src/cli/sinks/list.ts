import { sanitize } from '@callboard/core'
import type { SinkStatus } from '../../admin/admin-api.ts'
import type { AdminTarget } from '../../admin/connect.ts'
import { findServer } from '../../admin/connect.ts'
import { MAX_BLOCKED_KEYS, sinkStatuses } from '../../admin/sink-status.ts'
import { loadConfigOrDemo } from '../../config/load.ts'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { formatDuration } from '../shared/format.ts'
import { openConfiguredReader } from '../shared/read-journal.ts'

/** Asks the running server for the sinks. Without one, reads the journal; the health is unknown then. */
const fetchSinks = async ({ config, admin }: AdminTarget): Promise<readonly SinkStatus[]> => {
  const { service, journal } = await loadConfigOrDemo(config)
  const server = await findServer(service.settings.admin, admin, journal)
  if (server.type === 'found') return server.admin.sinks()
  printError(
    server.type === 'other'
      ? `the server at ${server.url} uses another journal: the health of these sinks is unknown`
      : `no server answers at ${server.url}: the health of the sinks is unknown`,
  )
  const reader = await openConfiguredReader(config)
  try {
    const configured = Object.entries(service.sinks).map(([name, sink]) => ({ name, kind: typeof sink === 'function' ? '' : sink.kind }))
    return await sinkStatuses(configured, reader.stats(), (sink) => reader.blocked(sink, MAX_BLOCKED_KEYS))
  } finally {
    reader.close()
  }
}

const formatHealth = ({ health, reason, retryInMs, pausedSince }: SinkStatus): string => {
  if (health === 'unconfigured') return 'unconfigured: pending deliveries wait'
  const retry = retryInMs === undefined ? '' : `, retry in ${formatDuration(retryInMs)}`
  const cause = reason === undefined ? '' : `: ${reason}`
  const since = pausedSince === undefined ? '' : ` since ${pausedSince}`
  return `${health}${since}${retry}${cause}`
}

/** Formats a sink as one line of text, followed by one line for each blocked key. `now`: milliseconds since the Unix epoch. */
export const formatSink = (sink: SinkStatus, now: number): readonly string[] => {
  const { name, kind, pending, delayed, inFlight, dead, oldestPending, blocked } = sink
  const oldest = oldestPending === null ? '' : ` (oldest ${formatDuration(now - Date.parse(oldestPending))})`
  const counts = `pending ${pending}${oldest}  delayed ${delayed}  in flight ${inFlight}  dead ${dead}`
  const keys = blocked.map(({ app, key, command, id, attempts, dueAt, error, waitingBehind }) => {
    const others = waitingBehind === 0 ? '' : `, ${waitingBehind} more waiting`
    const next = `attempt ${attempts + 1} in ${formatDuration(Date.parse(dueAt) - now)}`
    return `  blocked key ${key} (app ${app}): ${command} ${id}, ${next}${others}: ${error}`
  })
  return [`${name}  ${kind ?? '-'}  ${formatHealth(sink)}  ${counts}`, ...keys]
}

/** Runs `sinks list`. */
export const listSinks = async (json: boolean, target: AdminTarget): Promise<ExitCode> => {
  for (const sink of await fetchSinks(target)) {
    if (json) print(JSON.stringify(sink))
    else for (const line of formatSink(sink, Date.now())) print(sanitize(line))
  }
  return EX.ok
}

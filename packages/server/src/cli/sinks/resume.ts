import type { Where } from '../../admin/connect.ts'
import { findServer } from '../../admin/find-server.ts'
import { configuredOrDemo } from '../../config/load.ts'
import { EX, Exit, type ExitCode } from '../../util/exit.ts'
import { print } from '../../util/terminal.ts'

/** `sinks resume NAME`: ends its pause or its rest. */
export const resumeSink = async (name: string, { config, admin }: Where): Promise<ExitCode> => {
  const { service, journal } = await configuredOrDemo(config)
  const server = await findServer(service.settings.admin, admin, journal)
  if (server.as === 'none')
    throw new Exit(EX.unavailable, `no server answers at ${server.url}: nothing is paused, and the next start tries every sink`)
  if (server.as === 'other') throw new Exit(EX.unavailable, `the Callboard at ${server.url} writes another journal (${server.journal})`)
  await server.operator.resume(name)
  print(`${name}: resumed`)
  return EX.ok
}

import type { AdminTarget } from '../../admin/connect.ts'
import { findServer } from '../../admin/find-server.ts'
import { loadConfigOrDemo } from '../../config/load.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'

/** `sinks resume NAME`: ends its pause or its rest. */
export const resumeSink = async (name: string, { config, admin }: AdminTarget): Promise<ExitCode> => {
  const { service, journal } = await loadConfigOrDemo(config)
  const server = await findServer(service.settings.admin, admin, journal)
  if (server.type === 'none')
    throw new OperatorError('unavailable', `no server answers at ${server.url}: nothing is paused, and the next start tries every sink`)
  if (server.type === 'other')
    throw new OperatorError('unavailable', `the Callboard at ${server.url} writes another journal (${server.journal})`)
  await server.operator.resume(name)
  print(`${name}: resumed`)
  return EX.ok
}

import { createDispatcher, memory, sanitize, type TestResult } from '@callboard/core'
import type { TestResponse } from '../../admin/admin-api.ts'
import type { AdminTarget } from '../../admin/connect.ts'
import { connectAdmin, findServer } from '../../admin/connect.ts'
import { unknownSinkMessage } from '../../admin/local-admin.ts'
import { loadConfigOrDemo } from '../../config/load.ts'
import type { ServerOptions } from '../../config/service.ts'
import { createLogger } from '../../util/logger.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'

/** Opens only this sink, in this process, and makes one attempt. */
const testLocally = async (
  { settings: _, ...service }: ServerOptions,
  name: string,
  command: string | undefined,
): Promise<TestResult | undefined> => {
  const sink = service.sinks[name]
  if (!sink) throw new OperatorError('usage', unknownSinkMessage(name, Object.keys(service.sinks)))
  const routes = Object.fromEntries(Object.entries(service.routes).map(([route, names]) => [route, names.filter((each) => each === name)]))
  const { log } = await createLogger()
  const callboard = await createDispatcher({ ...service, sinks: { [name]: sink }, routes, journal: memory(), log })
  try {
    return await callboard.testSink(name, command)
  } finally {
    await callboard.stop()
  }
}

const formatResult = ({ outcome, error, ms }: TestResponse): string => {
  if (outcome === 'delivered') return `delivered in ${ms} ms`
  const consequence = outcome === 'dead' ? 'a real delivery would be dead at once' : 'a real delivery would be retried'
  return `not delivered: ${error ?? outcome} (${consequence})`
}

/** Runs `sinks test NAME`: one attempt with a sample, made by the running server, or by this process if there is none. */
export const testSink = async (
  name: string,
  command: string | undefined,
  json: boolean,
  { config, admin }: AdminTarget,
): Promise<ExitCode> => {
  const { service, journal } = await loadConfigOrDemo(config)
  const server = await findServer(service.settings.admin, admin, journal)
  const result =
    server.type === 'found'
      ? await server.admin.test(name, command === undefined ? {} : { command })
      : await testLocally(service, name, command)
  if (!result)
    throw new OperatorError(
      'usage',
      command === undefined
        ? 'no sample to deliver: the configuration loads no plugin'
        : `no sample to deliver: no plugin declares ${command}`,
    )
  print(json ? JSON.stringify({ sink: name, ...result }) : sanitize(`${name}: sample of ${result.command} ${formatResult(result)}`))
  return result.outcome === 'delivered' ? EX.ok : EX.notOk
}

/** Runs `sinks resume NAME`: ends its pause, or closes its circuit breaker. Without a server it ends the pause in the journal. */
export const resumeSink = async (name: string, target: AdminTarget): Promise<ExitCode> => {
  const { admin, running, close } = await connectAdmin(target)
  try {
    await admin.resume(name)
    print(sanitize(`${name}: resumed`))
    if (!running) printError('no server is running: `callboard start` will deliver to this sink')
    return EX.ok
  } finally {
    await close()
  }
}

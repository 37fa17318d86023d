import { createDispatcher, memory, sanitize, type TestResult } from '@callboard/core'
import type { AdminTarget } from '../../admin/connect.ts'
import { findServer } from '../../admin/find-server.ts'
import { unknownSinkMessage } from '../../admin/local-admin.ts'
import type { TestResponse } from '../../admin/told.ts'
import { loadConfigOrDemo } from '../../config/load.ts'
import type { ServerOptions } from '../../http/server.ts'
import { createLogger } from '../../util/logger.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'

/** Opens this one sink in this process, and makes one attempt. */
const alone = async (
  { settings: _, ...service }: ServerOptions,
  name: string,
  command: string | undefined,
): Promise<TestResult | undefined> => {
  const sink = service.sinks[name]
  if (!sink) throw new OperatorError('usage', unknownSinkMessage(name, Object.keys(service.sinks)))
  const routes = Object.fromEntries(Object.entries(service.routes).map(([route, names]) => [route, names.filter((each) => each === name)]))
  const callboard = await createDispatcher({ ...service, sinks: { [name]: sink }, routes, journal: memory(), log: await createLogger() })
  try {
    return await callboard.testSink(name, command)
  } finally {
    await callboard.stop()
  }
}

const words = ({ outcome, error, ms }: TestResponse): string => {
  if (outcome === 'delivered') return `delivered in ${ms} ms`
  const fate = outcome === 'dead' ? 'would be dead at once' : 'would be tried again later'
  return `not delivered, ${fate}: ${error ?? outcome}`
}

/** `sinks test NAME`: one attempt with a sample, by the running server, else from here. */
export const testSink = async (
  name: string,
  command: string | undefined,
  json: boolean,
  { config, admin }: AdminTarget,
): Promise<ExitCode> => {
  const { service, journal } = await loadConfigOrDemo(config)
  const server = await findServer(service.settings.admin, admin, journal)
  const tried =
    server.type === 'ours'
      ? await server.operator.test(name, command === undefined ? {} : { command })
      : await alone(service, name, command)
  if (!tried)
    throw new OperatorError('usage', command === undefined ? 'there is no plugin to take a sample from' : `no plugin declares ${command}`)
  print(json ? JSON.stringify({ sink: name, ...tried }) : sanitize(`${name}: the sample of ${tried.command}: ${words(tried)}`))
  return tried.outcome === 'delivered' ? EX.ok : EX.notOk
}

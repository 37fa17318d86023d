import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isObject, type Plugin, sanitize } from '@callboard/core'
import { type SendResult, send } from '@callboard/testing'
import { OperatorError } from '../../util/operator-error.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { parseValue, sampleBody } from '../shared/sample-body.ts'
import { loadSendContext, type SendTarget } from './target.ts'

/** The flags of `send`. */
export interface SendFlags {
  readonly list?: boolean
  readonly to?: string
  readonly app?: string
  readonly token?: string
  readonly set?: readonly string[]
  readonly body?: string
  readonly count: number
  /** Requests per second. Absent: as fast as the answers come. */
  readonly rate?: number
  readonly connections: number
  readonly duplicate?: boolean
  readonly badSign?: boolean
  readonly expired?: boolean
  readonly wrongApp?: boolean
  readonly json?: boolean
}

/** The receiver and the signature of all requests. */
interface Destination {
  readonly to: string
  readonly app: string
  readonly token?: string
}

type Answer = SendResult | { readonly error: string }

const WRONG_SIGN = '0'.repeat(64)
const EXPIRED_AGE_S = 3_600

const parseAssignment = (text: string): readonly [path: string, value: unknown] => {
  const separator = text.indexOf('=')
  if (separator < 1)
    throw new OperatorError('usage', `invalid --set ${JSON.stringify(text)}: expected path=value, such as --set GroupId=g1`)
  return [text.slice(0, separator), parseValue(text.slice(separator + 1))]
}

/** Returns the function that makes the body of request number `index`: the bytes of the file, or the sample at a time of its own. */
const bodyFactory = async (
  command: string,
  plugins: readonly Plugin[],
  { set = [], body, duplicate = false }: SendFlags,
): Promise<(index: number) => unknown> => {
  if (body !== undefined) {
    const bytes = await readFile(body).catch((error: unknown) => {
      throw new OperatorError('usage', `cannot read --body ${body}: ${error instanceof Error ? error.message : error}`)
    })
    return () => bytes
  }
  const plugin = plugins.find((candidate) => candidate.command === command)
  if (!plugin)
    throw new OperatorError(
      'usage',
      `no sample of ${command}: no plugin declares it; pass the body with --body FILE, or see \`callboard send --list\``,
    )
  const assignments = set.map(parseAssignment)
  const start = Date.now()
  return (index) => sampleBody(plugin, duplicate ? start : start + index, assignments)
}

const formatAnswer = (answer: Answer): string =>
  'error' in answer ? `no answer: ${answer.error}` : `HTTP ${answer.status} ${sanitize(answer.text)} ${answer.ms.toFixed(1)} ms`

const toAnswerJson = (answer: Answer) =>
  'error' in answer ? answer : { status: answer.status, answer: answer.json ?? answer.text, ms: Number(answer.ms.toFixed(1)) }

const isOk = (answer: Answer): boolean =>
  'status' in answer && answer.status === 200 && isObject(answer.json) && answer.json.ActionStatus === 'OK'

const errorText = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}

/** Sends the requests, prints each answer with its time, and returns whether all of them were OK. */
const sendAll = async (
  command: string,
  plugins: readonly Plugin[],
  { to, app, token }: Destination,
  flags: SendFlags,
): Promise<ExitCode> => {
  const bodyOf = await bodyFactory(command, plugins, flags)
  const { rate, json = false } = flags
  const total = flags.duplicate ? Math.max(flags.count, 2) : flags.count
  const start = performance.now()
  let next = 0
  let failed = 0

  const sendOne = async (index: number): Promise<Answer> => {
    try {
      return await send({
        to,
        command,
        app: flags.wrongApp ? Number(app) + 1 : app,
        body: bodyOf(index),
        ...(token !== undefined && { token }),
        ...(flags.badSign && { sign: WRONG_SIGN }),
        ...(flags.expired && { requestTime: Math.floor(Date.now() / 1_000) - EXPIRED_AGE_S }),
      })
    } catch (error) {
      return { error: errorText(error) }
    }
  }

  const worker = async () => {
    while (next < total) {
      const index = next++
      if (rate !== undefined) await sleep(Math.max(0, start + (index * 1_000) / rate - performance.now()))
      const answer = await sendOne(index)
      if (!isOk(answer)) failed += 1
      print(json ? JSON.stringify(toAnswerJson(answer)) : formatAnswer(answer))
    }
  }
  await Promise.all(Array.from({ length: Math.min(flags.connections, total) }, worker))
  if (total > 1 && !json) print(`${total} sent, ${total - failed} OK, ${failed} not OK, ${Math.round(performance.now() - start)} ms`)
  return failed === 0 ? EX.ok : EX.notOk
}

const listPlugins = (plugins: readonly Plugin[], json: boolean): ExitCode => {
  for (const { command, title, before } of plugins) {
    const phase = before ? 'before' : 'after'
    print(json ? JSON.stringify({ command, title, phase }) : `${command}  ${title} (${phase})`)
  }
  return EX.ok
}

/** Takes the destination from the flags, and the rest of it from the configuration. */
const destinationOf = (flags: SendFlags, target: SendTarget | undefined): Destination => {
  const to = flags.to ?? target?.url
  const app = flags.app ?? (target && String(target.app))
  if (to === undefined) throw new OperatorError('usage', 'missing callback URL: pass --to URL, or run where a callboard.yaml is')
  if (app === undefined) throw new OperatorError('usage', 'missing SDKAppID: pass --app ID, or run where a callboard.yaml is')
  const token = flags.token ?? (target && String(target.app) === app ? target.token : undefined)
  return { to, app, ...(token !== undefined && { token }) }
}

/** Runs `send COMMAND` or `send --list`. */
export const sendCommand = async (command: string | undefined, flags: SendFlags, configFile: string | undefined): Promise<ExitCode> => {
  if (command === undefined && !flags.list)
    throw new OperatorError('usage', 'missing command: pass a CallbackCommand; `callboard send --list` lists them')
  const { plugins, target } = await loadSendContext(configFile, flags.to !== undefined && flags.app !== undefined)
  if (command === undefined) return listPlugins(plugins, flags.json ?? false)
  return sendAll(command, plugins, destinationOf(flags, target), flags)
}

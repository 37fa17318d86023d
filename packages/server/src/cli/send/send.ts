import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Plugin, sanitize } from '@callboard/core'
import { type SendResult, send } from '@callboard/testing'
import { OperatorError } from '../../util/operator-error.ts'
import { print } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { parseValue, sampleBody } from '../shared/sample-body.ts'
import { loadSendContext } from './target.ts'

/** What the command line of `send` says. */
export interface SendFlags {
  readonly list?: boolean
  readonly to?: string
  readonly app?: string
  readonly token?: string
  readonly set?: readonly string[]
  readonly body?: string
  readonly count?: number
  readonly rate?: number
  readonly connections?: number
  readonly duplicate?: boolean
  readonly badSign?: boolean
  readonly expired?: boolean
  readonly wrongApp?: boolean
  readonly json?: boolean
  readonly config?: string
}

interface SendOptions {
  readonly to: string
  readonly app: string
  readonly token?: string
  readonly set: readonly string[]
  readonly body?: string
  readonly count: number
  /** Per second; absent: as fast as the answers come. */
  readonly rate?: number
  readonly connections: number
  readonly duplicate: boolean
  readonly wrong?: 'sign' | 'time' | 'app'
  readonly json: boolean
}

type Result = SendResult | { readonly error: string }

const assignment = (text: string): readonly [string, unknown] => {
  const at = text.indexOf('=')
  if (at < 1) throw new OperatorError('usage', `--set takes path=value, such as --set GroupId=g1; got ${JSON.stringify(text)}`)
  return [text.slice(0, at), parseValue(text.slice(at + 1))]
}

/** Makes the body of the n-th request: the file's bytes, or the sample at a moment of its own. */
const bodies = async (
  command: string,
  plugins: readonly Plugin[],
  { set, body, duplicate }: SendOptions,
): Promise<(index: number) => unknown> => {
  if (body !== undefined) {
    const bytes = await readFile(body).catch((error: unknown) => {
      throw new OperatorError('usage', `--body ${body} cannot be read: ${error instanceof Error ? error.message : error}`)
    })
    return () => bytes
  }
  const plugin = plugins.find((candidate) => candidate.command === command)
  if (!plugin) {
    throw new OperatorError(
      'usage',
      `no plugin here declares ${command}, so there is no sample of it: give the body with --body FILE, or see \`callboard send --list\``,
    )
  }
  const assignments = set.map(assignment)
  const start = Date.now()
  return (index) => sampleBody(plugin, duplicate ? start : start + index, assignments)
}

const WRONG_SIGN = '0'.repeat(64)
const LONG_AGO = 3_600

/** One line of output; the answer is foreign text. */
const line = (result: Result): string =>
  'error' in result ? `no answer: ${result.error}` : `HTTP ${result.status} ${sanitize(result.text)} ${result.ms.toFixed(1)} ms`
const jsonLine = (result: Result): string =>
  JSON.stringify(
    'error' in result ? result : { status: result.status, answer: result.json ?? result.text, ms: Number(result.ms.toFixed(1)) },
  )

const isOk = (result: Result): boolean =>
  'status' in result &&
  result.status === 200 &&
  typeof result.json === 'object' &&
  result.json !== null &&
  'ActionStatus' in result.json &&
  result.json.ActionStatus === 'OK'

const wordsOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}

/** Sends callbacks the way the vendor does, prints each answer and its time, and tells whether all of them were OK. */
const sendAll = async (command: string, plugins: readonly Plugin[], options: SendOptions): Promise<ExitCode> => {
  const bodyOf = await bodies(command, plugins, options)
  const { to, token, wrong, count, rate, connections } = options
  const total = options.duplicate ? Math.max(count, 2) : count
  const start = performance.now()
  let next = 0
  let failed = 0

  const sendOne = async (index: number): Promise<Result> => {
    try {
      return await send({
        to,
        command,
        app: wrong === 'app' ? Number(options.app) + 1 : options.app,
        body: bodyOf(index),
        ...(token !== undefined && { token }),
        ...(wrong === 'sign' && { sign: WRONG_SIGN }),
        ...(wrong === 'time' && { requestTime: Math.floor(Date.now() / 1000) - LONG_AGO }),
      })
    } catch (error) {
      return { error: wordsOf(error) }
    }
  }

  const worker = async () => {
    while (next < total) {
      const index = next++
      if (rate !== undefined) await sleep(Math.max(0, start + (index * 1_000) / rate - performance.now()))
      const result = await sendOne(index)
      if (!isOk(result)) failed += 1
      print(options.json ? jsonLine(result) : line(result))
    }
  }
  await Promise.all(Array.from({ length: Math.min(connections, total) }, worker))
  if (total > 1 && !options.json)
    print(`${total} sent, ${total - failed} OK, ${failed} not OK, ${Math.round(performance.now() - start)} ms`)
  return failed === 0 ? EX.ok : EX.notOk
}

/** Prints the callbacks that can be sent. */
const list = (plugins: readonly Plugin[], json: boolean): ExitCode => {
  for (const { command, title, before } of plugins) {
    const phase = before ? 'before' : 'after'
    print(json ? JSON.stringify({ command, title, phase }) : `${command}  ${title} (${phase})`)
  }
  return EX.ok
}

const DEFAULT_CONNECTIONS = 1

/** `send COMMAND` and `send --list`. What the flags leave open comes from the configuration, where there is one. */
export const sendCommand = async (command: string | undefined, flags: SendFlags): Promise<ExitCode> => {
  if (command === undefined && !flags.list)
    throw new OperatorError('usage', 'say which callback to send; `callboard send --list` shows those there are')
  const { plugins, target } = await loadSendContext(flags.config, flags.to !== undefined && flags.app !== undefined)
  if (command === undefined) return list(plugins, flags.json ?? false)
  const to = flags.to ?? target?.url
  const app = flags.app ?? (target && String(target.app))
  if (to === undefined) throw new OperatorError('usage', 'say where to with --to URL, or run where a callboard.yaml is')
  if (app === undefined) throw new OperatorError('usage', 'say which SDKAppID with --app ID, or run where a callboard.yaml is')
  const token = flags.token ?? (target && String(target.app) === app ? target.token : undefined)
  const wrong = flags.badSign ? 'sign' : flags.expired ? 'time' : flags.wrongApp ? 'app' : undefined
  return sendAll(command, plugins, {
    to,
    app,
    set: flags.set ?? [],
    count: flags.count ?? 1,
    connections: flags.connections ?? DEFAULT_CONNECTIONS,
    duplicate: flags.duplicate ?? false,
    json: flags.json ?? false,
    ...(token !== undefined && { token }),
    ...(flags.body !== undefined && { body: flags.body }),
    ...(flags.rate !== undefined && { rate: flags.rate }),
    ...(wrong && { wrong }),
  })
}

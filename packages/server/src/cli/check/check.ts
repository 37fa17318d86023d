import { checkConfig } from '../../config/check.ts'
import { fileOf, loadConfig } from '../../config/load.ts'
import { formatProblem } from '../../config/problems.ts'
import { OperatorError } from '../../util/operator-error.ts'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { probeWebhooks, webhookTargets } from './probe-webhooks.ts'

/** What the command line of `check` says. */
export interface CheckOptions {
  readonly json: boolean
  /** Also tries to connect to the webhooks. */
  readonly online: boolean
}

/** Says of each webhook whether it can be reached from here. */
const checkOnline = async (named: string | undefined, json: boolean): Promise<ExitCode> => {
  const { settings } = await loadConfig(named)
  const all = await probeWebhooks(webhookTargets(settings))
  for (const { at, target, reason } of all) {
    if (json) print(JSON.stringify({ at, target, reason }))
    else if (reason === null) print(`${at}: ${target} can be reached`)
    else printError(`${at}: ${target} cannot be reached: ${reason}`)
  }
  if (all.length === 0 && !json) print('there is no webhook to be reached')
  return all.some(({ reason }) => reason !== null) ? EX.unavailable : EX.ok
}

/** `check`: everything that is wrong with the configuration, without starting anything. */
export const checkCommand = async (named: string | undefined, { json, online }: CheckOptions): Promise<ExitCode> => {
  const file = fileOf(named)
  if (file === undefined) throw new OperatorError('config', 'there is no callboard.yaml here: name one with -c FILE')
  const problems = await checkConfig(file, process.env)
  for (const problem of problems) {
    if (json) print(JSON.stringify(problem))
    else printError(formatProblem(problem))
  }
  if (problems.some(({ level }) => level === 'error')) return EX.config
  if (!json) print(`${file}: nothing is wrong`)
  return online ? checkOnline(named, json) : EX.ok
}

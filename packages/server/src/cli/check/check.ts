import { isObject } from '@callboard/core'
import { probeTarget } from '@callboard/sinks'
import { checkConfig, loadConfig } from '../../config/load.ts'
import { formatProblem, pathForMessage } from '../../config/problems.ts'
import type { Settings } from '../../config/schema/codecs.ts'
import { print, printError } from '../../util/terminal.ts'
import { EX, type ExitCode } from '../exit-codes.ts'
import { requireConfigFile } from '../shared/files.ts'
import { plural } from '../shared/format.ts'

/** The flags of `check`. */
export interface CheckFlags {
  readonly json?: boolean
  /** Also connects to the webhooks. */
  readonly online?: boolean
}

interface WebhookTarget {
  /** The place in the configuration: `sinks.crm`, `decisions.Group.CallbackBeforeSendMsg`. */
  readonly at: string
  readonly url: string
  readonly allow: readonly string[]
}

const PROBE_TIMEOUT_MS = 5_000

const targetIn = (at: string, entry: unknown): readonly WebhookTarget[] => {
  if (!isObject(entry) || entry.use !== 'webhook' || typeof entry.url !== 'string') return []
  return [{ at, url: entry.url, allow: Array.isArray(entry.allow) ? entry.allow.map(String) : [] }]
}

/** The webhooks of the sinks and of the decisions. */
const webhookTargets = ({ sinks, decisions }: Settings): readonly WebhookTarget[] => [
  ...Object.entries(sinks).flatMap(([name, entry]) => targetIn(`sinks.${name}`, entry)),
  ...Object.entries(decisions).flatMap(([command, entry]) => targetIn(`decisions.${command}`, entry)),
]

/** Connects to a webhook as a delivery would. `target` is its origin: the rest of a URL may be secret. */
const probe = async ({ at, url, allow }: WebhookTarget) => {
  const reason = await probeTarget(url, allow, AbortSignal.timeout(PROBE_TIMEOUT_MS))
  return { at, target: new URL(url).origin, reason: reason ?? null }
}

const checkOnline = async (configFile: string, json: boolean): Promise<ExitCode> => {
  const { settings } = await loadConfig(configFile)
  const results = await Promise.all(webhookTargets(settings).map(probe))
  for (const { at, target, reason } of results) {
    if (json) print(JSON.stringify({ at, target, reason }))
    else if (reason === null) print(`${at}: ${target} is reachable`)
    else printError(`${at}: ${target} is unreachable: ${reason}`)
  }
  if (results.length === 0 && !json) print('no webhook to connect to')
  return results.some(({ reason }) => reason !== null) ? EX.unavailable : EX.ok
}

/** Runs `check`: prints every problem of the configuration, without starting anything. */
export const checkCommand = async (configFile: string | undefined, { json = false, online = false }: CheckFlags): Promise<ExitCode> => {
  const file = requireConfigFile(configFile)
  const problems = await checkConfig(file, process.env)
  for (const problem of problems) {
    if (json) print(JSON.stringify(problem))
    else printError(formatProblem(problem))
  }
  const errors = problems.filter(({ level }) => level === 'error').length
  const warnings = problems.length - errors
  const countedWarnings = warnings === 0 ? '' : `, ${plural(warnings, 'warning')}`
  if (errors > 0) {
    if (!json) printError(`${pathForMessage(file)}: ${plural(errors, 'error')}${countedWarnings}`)
    return EX.config
  }
  if (!json) print(`${pathForMessage(file)}: OK${countedWarnings}`)
  return online ? checkOnline(file, json) : EX.ok
}

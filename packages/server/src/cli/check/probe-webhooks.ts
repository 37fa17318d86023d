import { isObject } from '@callboard/core'
import { probeTarget } from '@callboard/sinks'
import type { Settings } from '../../config/schema/codecs.ts'

/** A receiver that the configuration names. */
export interface Receiver {
  /** `sinks.crm`, `decisions.Group.CallbackBeforeSendMsg`. */
  readonly at: string
  readonly url: string
  readonly allow: readonly string[]
}
/** Whether it can be reached. */
export interface Reached {
  readonly at: string
  /** Without anything that may be secret. */
  readonly target: string
  /** Why it cannot be reached; null where it can. */
  readonly why: string | null
}

const PATIENCE = 5_000

const receiverIn = (at: string, entry: unknown): readonly Receiver[] => {
  if (!isObject(entry) || entry.use !== 'webhook' || typeof entry.url !== 'string') return []
  return [{ at, url: entry.url, allow: Array.isArray(entry.allow) ? entry.allow.map(String) : [] }]
}

/** The webhooks of a configuration: those that are delivered to, and those that decide. */
export const receiversOf = ({ sinks, decisions }: Pick<Settings, 'sinks' | 'decisions'>): readonly Receiver[] => [
  ...Object.entries(sinks).flatMap(([name, entry]) => receiverIn(`sinks.${name}`, entry)),
  ...Object.entries(decisions).flatMap(([command, entry]) => receiverIn(`decisions.${command}`, entry)),
]

/** Tries to connect to each, as a delivery would, and sends nothing. */
export const reach = (receivers: readonly Receiver[]): Promise<readonly Reached[]> =>
  Promise.all(
    receivers.map(async ({ at, url, allow }) => {
      const why = await probeTarget(url, allow, AbortSignal.timeout(PATIENCE))
      return { at, target: new URL(url).origin, why: why ?? null }
    }),
  )

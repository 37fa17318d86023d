import { isObject } from '@callboard/core'
import { probeTarget } from '@callboard/sinks'
import type { Settings } from '../../config/schema/codecs.ts'

/** A receiver that the configuration names. */
export interface WebhookTarget {
  /** `sinks.crm`, `decisions.Group.CallbackBeforeSendMsg`. */
  readonly at: string
  readonly url: string
  readonly allow: readonly string[]
}
/** Whether it can be reached. */
export interface ProbeResult {
  readonly at: string
  /** Without anything that may be secret. */
  readonly target: string
  /** Why it cannot be reached; null where it can. */
  readonly reason: string | null
}

const PROBE_TIMEOUT_MS = 5_000

const receiverIn = (at: string, entry: unknown): readonly WebhookTarget[] => {
  if (!isObject(entry) || entry.use !== 'webhook' || typeof entry.url !== 'string') return []
  return [{ at, url: entry.url, allow: Array.isArray(entry.allow) ? entry.allow.map(String) : [] }]
}

/** The webhooks of a configuration: those that are delivered to, and those that decide. */
export const webhookTargets = ({ sinks, decisions }: Pick<Settings, 'sinks' | 'decisions'>): readonly WebhookTarget[] => [
  ...Object.entries(sinks).flatMap(([name, entry]) => receiverIn(`sinks.${name}`, entry)),
  ...Object.entries(decisions).flatMap(([command, entry]) => receiverIn(`decisions.${command}`, entry)),
]

/** Tries to connect to each, as a delivery would, and sends nothing. */
export const probeWebhooks = (receivers: readonly WebhookTarget[]): Promise<readonly ProbeResult[]> =>
  Promise.all(
    receivers.map(async ({ at, url, allow }) => {
      const reason = await probeTarget(url, allow, AbortSignal.timeout(PROBE_TIMEOUT_MS))
      return { at, target: new URL(url).origin, reason: reason ?? null }
    }),
  )

import type { DecodedBody, Plugin, VendorAnswer, Verdict } from '@callboard/core'
import { eventOf } from '@callboard/testing'

/** Returns the decoded body, by default of the sample. Throws if the plugin refuses it. */
export const read = (plugin: Plugin, body: unknown = plugin.sample): DecodedBody => {
  const found = plugin.decode(body)
  if ('reasons' in found) throw new Error(found.reasons.join('; '))
  return found
}

/** Returns the log line of a body. */
export const line = (plugin: Plugin, body?: unknown): unknown => read(plugin, body).payloadFor('log', eventOf(plugin))

/** Returns the answer of a before-callback to a verdict. */
export const answer = (plugin: Plugin, verdict: Verdict, body?: unknown): VendorAnswer | undefined =>
  read(plugin, body).answer?.(verdict).answer

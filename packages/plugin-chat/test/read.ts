import type { DecodedBody, Plugin, VendorAnswer, Verdict } from '@callboard/core'
import { eventOf } from '@callboard/testing'

/** What a plugin reads in a body, its sample by default; throws when it refuses it. */
export const read = (plugin: Plugin, body: unknown = plugin.sample): DecodedBody => {
  const found = plugin.decode(body)
  if ('reasons' in found) throw new Error(found.reasons.join('; '))
  return found
}

/** The line that the log is shown. */
export const line = (plugin: Plugin, body?: unknown): unknown => read(plugin, body).payloadFor('log', eventOf(plugin))

/** What a before-callback answers to a verdict. */
export const answer = (plugin: Plugin, verdict: Verdict, body?: unknown): VendorAnswer | undefined =>
  read(plugin, body).answer?.(verdict).answer

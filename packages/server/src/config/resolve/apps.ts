import type { App } from '@callboard/core'
import { AppEntry } from '../schema/codecs.ts'
import type { ConfigDocument } from '../yaml/document.ts'

/** The apps of a configuration. */
export interface Apps {
  readonly apps: readonly App[]
  /** For each app its place in the configuration's list. */
  readonly entries: readonly number[]
}

/** Reads what the configuration lists under `apps`. What an app lacks, core says. */
export const readApps = (shape: ConfigDocument): Apps => {
  const found = new Map<App, number>()
  for (let entry = 0; entry < shape.count(['apps']); entry += 1) {
    const read = shape.read(AppEntry, ['apps', entry])
    if (!read) continue
    const { sdkAppId, tokens, verify } = read
    // In code the two exclude each other by type.
    if (verify && tokens) shape.report(['apps', entry, 'verify'], '`verify: none` and `tokens` contradict each other')
    found.set(verify ? { sdkAppId, verify } : { sdkAppId, tokens: tokens ?? [] }, entry)
  }
  return { apps: [...found.keys()], entries: [...found.values()] }
}

import type { App } from '@callboard/core'
import { AppEntry, NonEmptyText } from '../schema/codecs.ts'
import type { ConfigDocument } from '../yaml/document.ts'

/** The apps of a configuration. */
export interface Apps {
  readonly apps: readonly App[]
  /** For each app its index in the file's list. */
  readonly entries: readonly number[]
}

/** Reads the list `apps`. Leaves out what is invalid. Core reports an app without tokens. */
export const readApps = (document: ConfigDocument): Apps => {
  const found = new Map<App, number>()
  for (let index = 0; index < document.lengthAt(['apps']); index += 1) {
    const entry = document.decode(AppEntry, ['apps', index])
    if (!entry) continue
    const { sdkAppId, tokens, verify } = entry
    // Types exclude this combination in code, but not in a file.
    if (verify && tokens) document.report(['apps', index, 'verify'], '`verify: none` and `tokens` contradict each other')
    found.set(verify ? { sdkAppId, verify } : { sdkAppId, tokens: tokens ?? [] }, index)
  }
  return { apps: [...found.keys()], entries: [...found.values()] }
}

/** Reads the mapping `routes` from commands to sink names. Leaves out what is invalid. */
export const readRoutes = (document: ConfigDocument): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    document.keysAt(['routes']).map((command) => {
      const path = ['routes', command]
      const names = Array.from({ length: document.lengthAt(path) }, (_, index) => document.decode(NonEmptyText, [...path, index]))
      return [command, names.filter((name) => name !== undefined)]
    }),
  )

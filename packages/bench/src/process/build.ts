import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as journal from '@callboard/journal'

/** A build of Callboard. */
export interface Build {
  readonly name: string
  /** The path of its command. */
  readonly bin: string
  /** Its journal package, since builds may store events in different ways. */
  readonly journal: Pick<typeof journal, 'openReader' | 'sqlite'>
}

/** The build that this bench belongs to. */
export const THIS_BUILD: Build = {
  name: 'Callboard',
  bin: createRequire(import.meta.url)
    .resolve('@callboard/server/package.json')
    .replace(/package\.json$/, 'bin/callboard.js'),
  journal,
}

/** Loads the build in another checkout, to compare this one with it. */
export const loadEarlierBuild = async (checkout: string): Promise<Build> => ({
  name: 'Callboard before',
  bin: join(checkout, 'packages/server/bin/callboard.js'),
  journal: await import(pathToFileURL(join(checkout, 'packages/journal/dist/index.js')).href),
})

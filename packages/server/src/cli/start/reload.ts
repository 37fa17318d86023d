import { isDeepStrictEqual } from 'node:util'
import type { Log } from '@callboard/core'
import type { LoadedConfig } from '../../config/load.ts'
import { formatProblem } from '../../config/problems.ts'
import type { Settings } from '../../config/schema/codecs.ts'
import type { RunningServer } from '../../http/server.ts'

/** Returns the parts that a running server cannot change. Of certificates it can change the content, but not whether there are any. */
const fixedParts = ({ apps: _, listen: { allow: __, proxies: ___, tls, ...listen }, ...others }: Settings) => ({
  ...others,
  listen: { ...listen, tls: tls !== undefined, 'tls.ca': tls?.ca !== undefined },
})

/** Returns the values that have a name in the file: of a list the list itself, of anything else its entries. */
const namedValues = (parts: Readonly<Record<string, object>>): ReadonlyMap<string, unknown> =>
  new Map(
    Object.entries(parts).flatMap(([part, value]): readonly (readonly [string, unknown])[] =>
      Array.isArray(value) ? [[part, value]] : Object.entries(value).map(([name, inner]) => [`${part}.${name}`, inner] as const),
    ),
  )

/** Returns the changed keys that a running server cannot apply, such as `sinks.crm` or `listen.port`. */
export const keysThatNeedARestart = (before: Settings, after: Settings): readonly string[] => {
  const [old, now] = [namedValues(fixedParts(before)), namedValues(fixedParts(after))]
  const keys = new Set([...old.keys(), ...now.keys()])
  return [...keys].filter((key) => !isDeepStrictEqual(old.get(key), now.get(key))).sort()
}

/**
 * Creates the function that reads the configuration again and applies what a running server can change.
 * A wrong configuration changes nothing. Calls run one after the other.
 */
export const createReloader = (
  first: Settings,
  read: () => Promise<LoadedConfig>,
  server: Pick<RunningServer, 'reload' | 'setReloadResult'>,
  log: Pick<Log, 'info' | 'warn' | 'error'>,
): (() => Promise<void>) => {
  const reload = async () => {
    try {
      const { service, settings, warnings } = await read()
      await server.reload(service)
      server.setReloadResult(true)
      for (const warning of warnings) log.warn({}, formatProblem(warning))
      log.info({}, 'config reloaded: apps, IP ranges and certificates')
      const keys = keysThatNeedARestart(first, settings)
      if (keys.length > 0) log.warn({ keys }, `restart needed: ${keys.join(', ')}`)
    } catch (error) {
      server.setReloadResult(false)
      const message = error instanceof Error ? error.message : String(error)
      for (const problem of message.split('\n')) log.error({}, problem)
      log.error({}, 'config reload failed; keeping the current config')
    }
  }
  let last = Promise.resolve()
  return () => {
    last = last.then(reload)
    return last
  }
}

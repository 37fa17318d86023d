import { isDeepStrictEqual } from 'node:util'
import type { Log } from '@callboard/core'
import type { LoadedConfig } from '../../config/load.ts'
import { formatProblem } from '../../config/problems.ts'
import type { Settings } from '../../config/schema/codecs.ts'
import type { RunningServer } from '../../http/server.ts'

/** Returns the changed parts of the configuration that a running server cannot apply, by their names in the file. */
export const partsThatNeedARestart = (before: Settings, after: Settings): readonly string[] => {
  const fixedParts = ({
    apps: _,
    listen: { allow: __, proxies: ___, tls, ...listen },
    ...others
  }: Settings): Readonly<Record<string, unknown>> => ({
    ...others,
    // A listener demands client certificates from its start to its end, or never.
    listen: { ...listen, tls: tls && { ca: tls.ca !== undefined } },
  })
  const [old, now] = [fixedParts(before), fixedParts(after)]
  return Object.keys({ ...old, ...now }).filter((part) => !isDeepStrictEqual(old[part], now[part]))
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
      const parts = partsThatNeedARestart(first, settings)
      if (parts.length > 0) log.warn({ parts }, 'config changes need a restart')
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

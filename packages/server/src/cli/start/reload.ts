import { isDeepStrictEqual } from 'node:util'
import type { Log } from '@callboard/core'
import type { LoadedConfig } from '../../config/load.ts'
import type { Settings } from '../../config/schema/codecs.ts'
import type { RunningServer } from '../../http/server.ts'

/** What a running server does not take over: each part by its name in the file. */
export const partsThatNeedARestart = (before: Settings, after: Settings): readonly string[] => {
  const fixed = ({
    apps: _,
    listen: { allow: __, proxies: ___, tls, ...listen },
    ...others
  }: Settings): Readonly<Record<string, unknown>> => ({
    ...others,
    listen: { ...listen, tls: tls !== undefined },
  })
  const [old, now] = [fixed(before), fixed(after)]
  return Object.keys({ ...old, ...now }).filter((part) => !isDeepStrictEqual(old[part], now[part]))
}

/** Reads the configuration again, whenever it is called, and takes over what a running server can; a bad one changes nothing. */
export const createReloader = (
  first: Settings,
  read: () => Promise<LoadedConfig>,
  served: Pick<RunningServer, 'reload' | 'reloaded'>,
  log: Pick<Log, 'info' | 'warn' | 'error'>,
): (() => Promise<void>) => {
  const reload = async () => {
    try {
      const { service, settings } = await read()
      await served.reload(service)
      served.reloaded(true)
      log.info({}, 'the configuration was read again: apps, address lists and certificates are those of the file')
      const others = partsThatNeedARestart(first, settings)
      if (others.length > 0) log.warn({ parts: others }, `a change of ${others.join(', ')} needs a restart; until then the old holds`)
    } catch (error) {
      served.reloaded(false)
      const why = error instanceof Error ? error.message : String(error)
      for (const line of why.split('\n')) log.error({}, line)
      log.error({}, 'the configuration was read again and not taken: the one before still holds')
    }
  }
  let last = Promise.resolve()
  return () => {
    last = last.then(reload)
    return last
  }
}

import type { Plugin } from '@callboard/core'
import { configured, fileOf } from '../../config/load.ts'
import { ours } from '../../config/resolve/built-in-plugins.ts'
import { urlOf } from '../../http/listener.ts'
import type { Service } from '../../http/server.ts'

/** Where callbacks go and how they are signed, as the configuration says. */
export interface Target {
  readonly url: string
  readonly app: number
  readonly token?: string
}
/** What can be sent from here. */
export interface Known {
  readonly plugins: readonly Plugin[]
  readonly target?: Target
}

const targetOf = ({ apps: [app], settings: { listen } }: Service): Target | undefined =>
  app && {
    url: urlOf(listen.tls ? 'https' : 'http', listen, listen.path),
    app: app.sdkAppId,
    ...(app.tokens?.[0] !== undefined && { token: app.tokens[0] }),
  }

/**
 * The callbacks that can be sent here, and where to: the configuration's and those that come with the program. Who says everything
 * on the command line (`complete`) is not held up by a configuration that is wrong.
 */
export const known = async (named: string | undefined, complete = false): Promise<Known> => {
  if (fileOf(named) === undefined) return { plugins: ours }
  const loaded = await configured(named).catch((error: unknown) => {
    if (complete && named === undefined) return undefined
    throw error
  })
  if (!loaded) return { plugins: ours }
  const { service } = loaded
  const commands = new Set(service.plugins.map(({ command }) => command))
  const target = targetOf(service)
  return { plugins: [...service.plugins, ...ours.filter(({ command }) => !commands.has(command))], ...(target && { target }) }
}

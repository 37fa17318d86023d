import type { Plugin } from '@callboard/core'
import { fileOf, loadConfig } from '../../config/load.ts'
import { builtInPlugins } from '../../config/resolve/built-in-plugins.ts'
import { urlOf } from '../../http/listener.ts'
import type { ServerOptions } from '../../http/server.ts'

/** Where callbacks go and how they are signed, as the configuration says. */
export interface SendTarget {
  readonly url: string
  readonly app: number
  readonly token?: string
}
/** What can be sent from here. */
export interface SendContext {
  readonly plugins: readonly Plugin[]
  readonly target?: SendTarget
}

const targetOf = ({ apps: [app], settings: { listen } }: ServerOptions): SendTarget | undefined =>
  app && {
    url: urlOf(listen.tls ? 'https' : 'http', listen, listen.path),
    app: app.sdkAppId,
    ...(app.tokens?.[0] !== undefined && { token: app.tokens[0] }),
  }

/**
 * The callbacks that can be sent here, and where to: the configuration's and those that come with the program. Who says everything
 * on the command line (`complete`) is not held up by a configuration that is wrong.
 */
export const loadSendContext = async (named: string | undefined, complete = false): Promise<SendContext> => {
  if (fileOf(named) === undefined) return { plugins: builtInPlugins }
  const loaded = await loadConfig(named).catch((error: unknown) => {
    if (complete && named === undefined) return undefined
    throw error
  })
  if (!loaded) return { plugins: builtInPlugins }
  const { service } = loaded
  const commands = new Set(service.plugins.map(({ command }) => command))
  const target = targetOf(service)
  return { plugins: [...service.plugins, ...builtInPlugins.filter(({ command }) => !commands.has(command))], ...(target && { target }) }
}

import type { Plugin } from '@callboard/core'
import { findConfigFile, loadConfig } from '../../config/load.ts'
import { builtInPlugins } from '../../config/resolve/built-in-plugins.ts'
import type { ServerOptions } from '../../config/service.ts'
import { urlOf } from '../../util/addresses.ts'

/** The receiver of callbacks and the app to sign for, taken from the configuration. */
export interface SendTarget {
  readonly url: string
  readonly app: number
  readonly token?: string
}

/** The callbacks that have a sample, and the target if there is a configuration. */
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
 * Loads the plugins of the configuration and the built-in ones, and the target of the configuration.
 * With `isOptional`, a wrong callboard.yaml in the working directory counts as none.
 */
export const loadSendContext = async (configFile: string | undefined, isOptional: boolean): Promise<SendContext> => {
  const builtInOnly: SendContext = { plugins: builtInPlugins }
  if (findConfigFile(configFile) === undefined) return builtInOnly
  const loaded = await loadConfig(configFile).catch((error: unknown) => {
    if (isOptional && configFile === undefined) return undefined
    throw error
  })
  if (!loaded) return builtInOnly
  const { service } = loaded
  const commands = new Set(service.plugins.map(({ command }) => command))
  const target = targetOf(service)
  return { plugins: [...service.plugins, ...builtInPlugins.filter(({ command }) => !commands.has(command))], ...(target && { target }) }
}

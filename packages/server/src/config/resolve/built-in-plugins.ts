import { isPlugin, type Plugin } from '@callboard/core'
import * as chat from '@callboard/plugin-chat'
import * as rtc from '@callboard/plugin-rtc'

const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '@callboard/plugin-chat': chat,
  '@callboard/plugin-rtc': rtc,
}

/** The package that declares each command, of those that come with the program. */
export const packageOfCommand: ReadonlyMap<string, string> = new Map(
  Object.entries(modules).flatMap(([name, module]) =>
    Object.values(module)
      .filter(isPlugin)
      .map(({ command }) => [command, name] as const),
  ),
)

/** The plugins that come with the program. */
export const builtInPlugins: readonly Plugin[] = Object.values(modules)
  .flatMap((module) => Object.values(module))
  .filter(isPlugin)

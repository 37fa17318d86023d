import { isPlugin, type Plugin } from '@callboard/core'
import * as chat from '@callboard/plugin-chat'
import * as rtc from '@callboard/plugin-rtc'

const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '@callboard/plugin-chat': chat,
  '@callboard/plugin-rtc': rtc,
}

/** For each command of a built-in plugin the name of its package. */
export const packageOfCommand: ReadonlyMap<string, string> = new Map(
  Object.entries(modules).flatMap(([name, module]) =>
    Object.values(module)
      .filter(isPlugin)
      .map(({ command }) => [command, name] as const),
  ),
)

/** The plugins that the program brings along. */
export const builtInPlugins: readonly Plugin[] = Object.values(modules)
  .flatMap((module) => Object.values(module))
  .filter(isPlugin)

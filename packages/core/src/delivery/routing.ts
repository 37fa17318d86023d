import type { Options } from '../options.ts'

/** Returns the sinks of a command. A route of its own replaces the route `"*"`. */
export const routeOf = (routes: Options['routes'], command: string): readonly string[] =>
  (Object.hasOwn(routes, command) ? routes[command] : undefined) ?? routes['*'] ?? []

import type { Options } from '../options.ts'

/** The sinks of a command: a route of its own replaces the one for all others. */
export const routeOf = (routes: Options['routes'], command: string): readonly string[] =>
  (Object.hasOwn(routes, command) ? routes[command] : undefined) ?? routes['*'] ?? []

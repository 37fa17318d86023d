import { type Durability, routeOf } from '@callboard/core'
import type { RunningServer, ServerOptions } from '../../http/server.ts'

const promises: Readonly<Record<Durability, string>> = {
  memory: 'in memory only, lost with the process',
  disk: 'on disk',
  quorum: 'on the disks of a quorum',
  weak: 'less than on disk: see the warnings',
}

/** One line per command -> plugin -> sinks, then where callbacks go and what an OK means. */
export const printBanner = (
  say: (text: string) => void,
  { plugins, routes }: ServerOptions,
  { callboard, adminUrl, callbackUrl }: RunningServer,
): void => {
  const named = Object.keys(routes).filter((command) => command !== '*')
  for (const command of new Set([...plugins.map((plugin) => plugin.command), ...named])) {
    const title = plugins.find((plugin) => plugin.command === command)?.title ?? '(no plugin)'
    say(`${command} -> ${title} -> ${routeOf(routes, command).join(', ') || '(no sink)'}`)
  }
  say(`* -> every other command -> ${routes['*']?.join(', ') || '(no sink)'}`)
  say(`journal: ${callboard.journal.description}; an OK means ${promises[callboard.journal.durability]}`)
  say(`health: ${adminUrl}/health/ready`)
  say(`callback URL: ${callbackUrl}`)
}

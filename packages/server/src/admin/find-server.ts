import { realpathSync } from 'node:fs'
import type { JournalSettings } from '../config/open-journal.ts'
import { urlOf } from '../http/listener.ts'
import type { ServeSettings } from '../http/server.ts'
import type { Operator } from './admin-api.ts'
import { type AdminAt, helloTo, operatorAt } from './admin-client.ts'

/** The running server, as far as it can be found. `other`: what answers there writes another journal. */
export type Found =
  | { readonly as: 'ours'; readonly url: string; readonly operator: Operator }
  | { readonly as: 'other'; readonly url: string; readonly journal: string }
  | { readonly as: 'none'; readonly url: string }

const anyAddress: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Where the admin listener is: as the command line says, else as the configuration does. */
const adminAt = ({ host, port, token }: ServeSettings['admin'], given: string | undefined): AdminAt => ({
  url: given?.replace(/\/+$/, '') ?? urlOf('http', { host: anyAddress[host] ?? host, port }),
  ...(token !== undefined && { token }),
})

const realPath = (file: string): string | undefined => {
  try {
    return realpathSync(file)
  } catch {
    return undefined
  }
}

/** Looks for the server that writes this journal. An `Exit` where it does not believe us. */
export const findServer = async (admin: ServeSettings['admin'], given: string | undefined, journal: JournalSettings): Promise<Found> => {
  const at = adminAt(admin, given)
  const told = await helloTo(at)
  if (!told) return { as: 'none', url: at.url }
  const file = journal.use === 'sqlite' ? realPath(journal.path) : undefined
  return told.file === file && (journal.use === 'memory' || file !== undefined)
    ? { as: 'ours', url: at.url, operator: operatorAt(at) }
    : { as: 'other', url: at.url, journal: told.description }
}

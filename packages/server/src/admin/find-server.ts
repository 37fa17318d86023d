import { realpathSync } from 'node:fs'
import type { JournalSettings } from '../config/open-journal.ts'
import { urlOf } from '../http/listener.ts'
import type { ListenSettings } from '../http/server.ts'
import type { AdminApi } from './admin-api.ts'
import { type AdminEndpoint, adminClient, ping } from './admin-client.ts'

/** The running server, as far as it can be found. `other`: what answers there writes another journal. */
export type ServerLookup =
  | { readonly type: 'ours'; readonly url: string; readonly operator: AdminApi }
  | { readonly type: 'other'; readonly url: string; readonly journal: string }
  | { readonly type: 'none'; readonly url: string }

const anyAddress: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Where the admin listener is: as the command line says, else as the configuration does. */
const adminAt = ({ host, port, token }: ListenSettings['admin'], given: string | undefined): AdminEndpoint => ({
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

/** Looks for the server that writes this journal. An OperatorError where it does not believe us. */
export const findServer = async (
  admin: ListenSettings['admin'],
  given: string | undefined,
  journal: JournalSettings,
): Promise<ServerLookup> => {
  const at = adminAt(admin, given)
  const told = await ping(at)
  if (!told) return { type: 'none', url: at.url }
  const file = journal.use === 'sqlite' ? realPath(journal.path) : undefined
  return told.file === file && (journal.use === 'memory' || file !== undefined)
    ? { type: 'ours', url: at.url, operator: adminClient(at) }
    : { type: 'other', url: at.url, journal: told.description }
}

import { createServer } from 'node:net'
import type { ServerOptions } from '../../http/server.ts'

const MAX_TRIES = 50

const isFree = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })

const nextFree = async (host: string, from: number): Promise<number> => {
  for (let port = from; port < from + MAX_TRIES; port++) if (await isFree(host, port)) return port
  return from
}

/** The same service on the next free ports, for a first run on a machine where the usual ones are taken. */
export const withFreePorts = async (service: ServerOptions, say: (text: string) => void): Promise<ServerOptions> => {
  const { listen, admin } = service.settings
  const placed = {
    listen: { ...listen, port: await nextFree(listen.host, listen.port) },
    admin: { ...admin, port: await nextFree(admin.host, admin.port) },
  }
  for (const name of ['listen', 'admin'] as const) {
    const wanted = service.settings[name].port
    if (placed[name].port !== wanted) say(`port ${wanted} is taken: using ${placed[name].port} instead`)
  }
  return { ...service, settings: { ...service.settings, ...placed } }
}

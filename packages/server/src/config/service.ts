import type { Options } from '@callboard/core'

/** The settings of the two listeners. */
export interface ListenSettings {
  readonly listen: {
    readonly host: string
    readonly port: number
    readonly path: string
    /** Files in PEM format. With `ca`, a client needs a certificate that this authority signed. */
    readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string }
    /** Address ranges that may send callbacks. Without it every address may. */
    readonly allow?: readonly string[]
    /** Address ranges of the proxies whose `X-Forwarded-For` is trusted. */
    readonly proxies?: readonly string[]
  }
  readonly admin: {
    readonly host: string
    readonly port: number
    readonly token?: string
    /** Further names of this listener, as in the Host header of a request. */
    readonly hosts?: readonly string[]
  }
}

/** The journal that a configuration names. */
export type JournalSettings = { readonly use: 'memory' } | { readonly use: 'sqlite'; readonly path: string }

/** The options of a server: its apps, plugins, decisions, sinks and listeners. */
export interface ServerOptions
  extends Pick<Options, 'apps' | 'plugins' | 'sinks' | 'routes' | 'decisions' | 'limits' | 'retention' | 'clock'> {
  readonly settings: ListenSettings
}

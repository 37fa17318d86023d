import type { Options } from '@callboard/core'

/** The files of a certificate in PEM format. */
export interface CertificateFiles {
  /** The certificate of the server, followed by its issuers. */
  readonly cert: string
  readonly key: string
  /** The authorities that sign the certificates of clients. With it, each client needs such a certificate. */
  readonly ca?: string
}

/** The contents of the files of a certificate. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
  readonly ca?: Buffer
}

/** The settings of the two listeners. */
export interface ListenSettings {
  readonly listen: {
    readonly host: string
    readonly port: number
    readonly path: string
    /** With `ca`, a client needs a certificate that this authority signed. */
    readonly tls?: CertificateFiles
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
  /** The certificate of `settings.listen.tls`. If it is absent, the server reads the files. */
  readonly certificate?: Certificate
}

import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { messageOf } from './errors.ts'
import { OperatorError } from './operator-error.ts'

/** The files of `listen.tls`, in PEM format. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  /** The authority that signs the certificates of clients. */
  readonly ca?: string
}

/** The contents of the files of `listen.tls`. */
export interface Tls {
  readonly cert: Buffer
  readonly key: Buffer
  /** With it a client needs a certificate that this authority signed. */
  readonly ca?: Buffer
}

const load = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: unknown) => {
    throw new OperatorError('config', `cannot read ${file}: ${messageOf(error)}`)
  })

const BEGIN_CERTIFICATE = '-----BEGIN CERTIFICATE-----'

/** Node ignores a text without a certificate in it, and would then trust nobody without a word. */
const loadAuthority = async (file: string): Promise<Buffer> => {
  const ca = await load(file)
  const isReadable = () => {
    try {
      createSecureContext({ ca })
      return true
    } catch {
      return false
    }
  }
  if (ca.includes(BEGIN_CERTIFICATE) && isReadable()) return ca
  throw new OperatorError('config', `${file} is not a certificate of an authority: write it in PEM format`)
}

/** Loads the files of `listen.tls`. Throws an OperatorError that names the file which cannot be used. */
export const loadTls = async ({ cert, key, ca }: TlsFiles): Promise<Tls> => {
  const pair = { cert: await load(cert), key: await load(key) }
  try {
    createSecureContext(pair)
  } catch (error) {
    throw new OperatorError('config', `${cert} and ${key} are not a certificate and its key: ${messageOf(error)}`)
  }
  return { ...pair, ...(ca !== undefined && { ca: await loadAuthority(ca) }) }
}

import type { KeyObject } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { codeOf, messageOf } from '../../util/errors.ts'
import { OperatorError } from '../../util/operator-error.ts'
import type { Certificate, CertificateFiles } from '../service.ts'
import { dateWarnings } from './dates.ts'
import { CertificateFileError, type Chain, certificatesIn, contentsOf, nameOf, type PemFile, privateKeyIn, readPem } from './pem.ts'

/** A mistake in one of the files. The server starts in spite of a warning. */
export interface CertificateProblem {
  readonly at: keyof CertificateFiles
  readonly message: string
  readonly level: 'error' | 'warning'
}

/** The certificate, unless a problem is an error. */
export interface CertificateResult {
  readonly certificate?: Certificate
  readonly problems: readonly CertificateProblem[]
}

/** Throws a CertificateFileError if OpenSSL refuses the certificates, for example because their key is too short. */
const requireStrong = (at: 'cert' | 'ca', { file, bytes }: PemFile): void => {
  try {
    createSecureContext({ [at]: bytes })
  } catch (error) {
    const isWeak = /TOO_SMALL|TOO_WEAK/.test(codeOf(error))
    const cause = isWeak ? `it is too weak (${messageOf(error)})` : `OpenSSL refuses it (${messageOf(error)})`
    throw new CertificateFileError(at, file, cause, 'make one with SHA-256 and an EC key, or an RSA key of 2048 bits')
  }
}

const chainIn = (at: 'cert' | 'ca', pem: PemFile): Chain => {
  const chain = certificatesIn(at, pem)
  requireStrong(at, pem)
  return chain
}

const areSwapped = (cert: PemFile, key: PemFile): boolean => {
  const [inCert, inKey] = [contentsOf(cert), contentsOf(key)]
  return inCert.keys && !inCert.certificates && inKey.certificates && !inKey.keys
}

/** Throws a CertificateFileError unless the key belongs to the first certificate, and OpenSSL takes both. */
const requirePair = ({ cert, key }: CertificateFiles, [first, ...issuers]: Chain, privateKey: KeyObject, pair: Certificate): void => {
  if (!first.checkPrivateKey(privateKey)) {
    throw issuers.some((each) => each.checkPrivateKey(privateKey))
      ? new CertificateFileError(
          'cert',
          cert,
          'its chain is in the wrong order',
          'put the certificate of the server first, then each issuer',
        )
      : new CertificateFileError('key', key, `it is not the key of the certificate ${cert}`, 'name the key that belongs to the certificate')
  }
  try {
    createSecureContext(pair)
  } catch (error) {
    throw new CertificateFileError('cert', cert, `OpenSSL refuses it with the key ${key} (${messageOf(error)})`, 'make a new pair')
  }
}

/** Warns of a chain in which the next certificate is not that of the issuer. */
const orderWarnings = (chain: Chain, file: string): readonly string[] =>
  chain.flatMap(({ issuer }, index) => {
    const next = chain[index + 1]
    if (next === undefined || next.subject === issuer) return []
    return [`certificate ${index + 2} in ${file} is not the issuer of the one before it: some clients refuse this chain; order it`]
  })

/** Reads a certificate and its key, and checks that they fit together. `now` is in milliseconds since the Unix epoch. Never throws. */
export const readCertificate = (files: CertificateFiles, now: number): CertificateResult => {
  const problems: CertificateProblem[] = []
  /** Keeps the error of one file, so that the other files are checked as well. */
  const attempt = <A>(run: () => A): A | undefined => {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof CertificateFileError)) throw error
      problems.push({ at: error.at, message: error.message, level: 'error' })
      return undefined
    }
  }
  const warn = (at: 'cert' | 'ca', messages: readonly string[]) =>
    problems.push(...messages.map((message): CertificateProblem => ({ at, message, level: 'warning' })))

  const cert = attempt(() => readPem('cert', files.cert))
  const key = attempt(() => readPem('key', files.key))
  const { ca: caFile } = files
  const ca = caFile === undefined ? undefined : attempt(() => readPem('ca', caFile))
  if (cert && key && areSwapped(cert, key)) {
    attempt(() => {
      throw new CertificateFileError(
        'cert',
        files.cert,
        'it contains a private key, and `key` names a certificate',
        'swap `cert` and `key`',
      )
    })
    return { problems }
  }
  const chain = cert && attempt(() => chainIn('cert', cert))
  const privateKey = key && attempt(() => privateKeyIn(key))
  const authorities = ca && attempt(() => chainIn('ca', ca))
  if (chain) warn('cert', dateWarnings(chain, nameOf('cert', files.cert), files.cert, now))
  if (authorities && caFile !== undefined) warn('ca', dateWarnings(authorities, nameOf('ca', caFile), caFile, now))
  if (!cert || !key || !chain || !privateKey || (caFile !== undefined && !authorities)) return { problems }

  const certificate = { cert: cert.bytes, key: key.bytes, ...(ca && { ca: ca.bytes }) }
  const isPair = attempt(() => {
    requirePair(files, chain, privateKey, certificate)
    return true
  })
  if (!isPair) return { problems }
  warn('cert', orderWarnings(chain, files.cert))
  return { certificate, problems }
}

/** Reads a certificate and its key. Throws an OperatorError with every error. */
export const loadCertificate = (files: CertificateFiles): Certificate => {
  const { certificate, problems } = readCertificate(files, Date.now())
  if (certificate) return certificate
  throw new OperatorError('config', problems.flatMap(({ level, message }) => (level === 'error' ? [message] : [])).join('\n'))
}

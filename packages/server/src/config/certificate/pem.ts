import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { messageOf } from '../../util/errors.ts'
import { readSmallFile } from '../../util/files.ts'
import type { CertificateFiles } from '../service.ts'

type CertificateFile = keyof CertificateFiles

const NOUNS: Readonly<Record<CertificateFile, string>> = { cert: 'the certificate', key: 'the private key', ca: 'the CA certificates' }

/** Names a file in a message, such as `the certificate /etc/cert.pem`. */
export const nameOf = (at: CertificateFile, file: string): string => `${NOUNS[at]} ${file}`

/** An error in one file: the cause, and what to do. */
export class CertificateFileError extends Error {
  override readonly name = 'CertificateFileError'
  readonly at: CertificateFile
  constructor(at: CertificateFile, file: string, cause: string, advice: string) {
    super(`cannot use ${nameOf(at, file)}: ${cause}; ${advice}`)
    this.at = at
  }
}

interface PemBlock {
  readonly label: string
  readonly text: string
}

/** A file in PEM format. */
export interface PemFile {
  readonly file: string
  readonly bytes: Buffer
  readonly blocks: readonly PemBlock[]
}

/** Certificates in the order of their file. */
export type Chain = readonly [X509Certificate, ...X509Certificate[]]

const pemBlocks = (bytes: Buffer): readonly PemBlock[] =>
  bytes
    .toString('latin1')
    .split('-----BEGIN ')
    .slice(1)
    .map((rest) => ({ label: rest.slice(0, Math.max(0, rest.indexOf('-----'))), text: `-----BEGIN ${rest}` }))

const isCertificate = ({ label }: PemBlock): boolean => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label)
const isPrivateKey = ({ label }: PemBlock): boolean => label.endsWith('PRIVATE KEY')
const isEncrypted = ({ label, text }: PemBlock): boolean => label === 'ENCRYPTED PRIVATE KEY' || text.includes('Proc-Type: 4,ENCRYPTED')

const succeeds = (run: () => unknown): boolean => {
  try {
    run()
    return true
  } catch {
    return false
  }
}

// A sequence whose first item is the number 3.
const isPkcs12 = (bytes: Buffer): boolean => bytes[0] === 0x30 && bytes.subarray(0, 9).includes(Buffer.from([0x02, 0x01, 0x03]))

/** Says what a file without PEM blocks contains, and what to do about it. */
const explainNoPem = (file: string, bytes: Buffer): readonly [cause: string, advice: string] => {
  const convert = (options: string) => `convert it with \`openssl ${options} -in ${file} -out FILE.pem\``
  const isDerKey = (type: 'pkcs8' | 'pkcs1' | 'sec1') => succeeds(() => createPrivateKey({ key: bytes, format: 'der', type }))
  if (bytes.toString('latin1').trim() === '') return ['the file is empty', 'write it in PEM format']
  if (succeeds(() => new X509Certificate(bytes))) return ['it is in DER format, not in PEM format', convert('x509 -inform der')]
  if (isDerKey('pkcs8') || isDerKey('pkcs1') || isDerKey('sec1'))
    return ['it is in DER format, not in PEM format', convert('pkey -inform der')]
  if (isPkcs12(bytes)) return ['it is in PKCS #12 format, not in PEM format', convert('pkcs12 -nodes')]
  return ['it is not in PEM format', 'name a file with a line that starts with `-----BEGIN`']
}

const ADVICE: Readonly<Record<string, string>> = {
  'no such file': 'check the path',
  'permission denied': 'give the user that runs callboard the right to read it',
  'it is a directory': 'name a file in it',
}

/** Reads a file in PEM format. Throws a CertificateFileError. */
export const readPem = (at: CertificateFile, file: string): PemFile => {
  const read = readSmallFile(file)
  if ('reason' in read) throw new CertificateFileError(at, file, read.reason, ADVICE[read.reason] ?? 'name a file in PEM format')
  const blocks = pemBlocks(read.bytes)
  if (blocks.length === 0) throw new CertificateFileError(at, file, ...explainNoPem(file, read.bytes))
  return { file, bytes: read.bytes, blocks }
}

/** Returns whether a file contains certificates, and whether it contains private keys. */
export const contentsOf = ({ blocks }: PemFile): { readonly certificates: boolean; readonly keys: boolean } => ({
  certificates: blocks.some(isCertificate),
  keys: blocks.some(isPrivateKey),
})

const describe = (file: PemFile): string => {
  const { certificates, keys } = contentsOf(file)
  if (certificates) return 'a certificate'
  return keys ? 'a private key' : `a block of the type ${JSON.stringify(file.blocks[0]?.label)}`
}

/** Returns the certificates of a file. Throws a CertificateFileError. */
export const certificatesIn = (at: 'cert' | 'ca', pem: PemFile): Chain => {
  const [first, ...issuers] = pem.blocks.filter(isCertificate).map(({ text }, index) => {
    try {
      return new X509Certificate(text)
    } catch (error) {
      throw new CertificateFileError(at, pem.file, `certificate ${index + 1} in it is damaged (${messageOf(error)})`, 'copy the file again')
    }
  })
  if (first) return [first, ...issuers]
  throw new CertificateFileError(at, pem.file, `it contains ${describe(pem)}, and no certificate`, 'name the file of the certificate')
}

/** Returns the private key of a file. Throws a CertificateFileError. */
export const privateKeyIn = (pem: PemFile): KeyObject => {
  const { file } = pem
  const block = pem.blocks.find(isPrivateKey)
  if (!block)
    throw new CertificateFileError('key', file, `it contains ${describe(pem)}, and no private key`, 'name the file of the private key')
  if (isEncrypted(block))
    throw new CertificateFileError('key', file, 'it is encrypted', `decrypt it with \`openssl pkey -in ${file} -out FILE.pem\``)
  try {
    return createPrivateKey(block.text)
  } catch (error) {
    throw new CertificateFileError('key', file, `it is damaged (${messageOf(error)})`, 'copy the file again')
  }
}

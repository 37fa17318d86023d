import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The paths of a certificate and its key. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** Makes certificates with openssl. */
export interface CertificateMaker {
  readonly dir: string
  /** Makes a certificate that signs itself. */
  readonly selfSigned: (name: string) => CertificateFiles
  /** Makes a certificate that an authority signs. */
  readonly signedBy: (authority: CertificateFiles, name: string) => CertificateFiles
  readonly remove: () => Promise<void>
}

/** Makes a temporary directory for certificates. */
export const certificateMaker = async (): Promise<CertificateMaker> => {
  const dir = await mkdtemp(join(tmpdir(), 'callboard-certificates-'))
  const make = (name: string, ...more: readonly string[]): CertificateFiles => {
    const files = { cert: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) }
    const fixed = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`]
    execFileSync('openssl', [...fixed, '-keyout', files.key, '-out', files.cert, ...more], { cwd: dir, stdio: 'ignore' })
    return files
  }
  return {
    dir,
    selfSigned: (name) => make(name),
    signedBy: ({ cert, key }, name) => make(name, '-CA', cert, '-CAkey', key),
    remove: () => rm(dir, { recursive: true, force: true }),
  }
}

/** Returns the contents of a certificate and its key. */
export const readFiles = ({ cert, key }: CertificateFiles): { readonly cert: Buffer; readonly key: Buffer } => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
})

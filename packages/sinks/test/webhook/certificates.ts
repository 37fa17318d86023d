import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate and its private key in PEM format. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** One valid and three invalid certificates for a server on 127.0.0.1. */
export interface Certificates {
  /**
   * The certificate of the authority that signs all others except `selfSigned`. If a client trusts it, each invalid certificate has only one
   * fault.
   */
  readonly authority: string
  readonly valid: Certificate
  readonly expired: Certificate
  readonly misnamed: Certificate
  readonly selfSigned: Certificate
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const

/** Creates the certificates with openssl. Throws if openssl is not installed. */
export const makeCertificates = async (): Promise<Certificates> => {
  const directory = await mkdtemp(join(tmpdir(), 'callboard-tls-'))
  const openssl = (...options: readonly string[]) => execFileSync('openssl', options, { cwd: directory, stdio: 'ignore' })
  const pem = (name: string) => readFile(join(directory, name), 'utf8')
  const pairOf = async (name: string): Promise<Certificate> => ({ cert: await pem(`${name}.pem`), key: await pem(`${name}.key`) })
  const createSelfSigned = (name: string, ...more: readonly string[]) =>
    openssl('req', '-x509', ...NEW_KEY, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=${name}`, ...more)
  const createSigned = async (name: string, altName: string, days: string) => {
    openssl('req', ...NEW_KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    await writeFile(join(directory, `${name}.ext`), `subjectAltName=${altName}`)
    const authority = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial']
    openssl('x509', '-req', '-in', `${name}.csr`, ...authority, '-days', days, '-extfile', `${name}.ext`, '-out', `${name}.pem`)
    return pairOf(name)
  }
  try {
    createSelfSigned('authority')
    createSelfSigned('self-signed', '-addext', 'subjectAltName=IP:127.0.0.1')
    return {
      authority: await pem('authority.pem'),
      valid: await createSigned('valid', 'IP:127.0.0.1', '2'),
      expired: await createSigned('expired', 'IP:127.0.0.1', '-1'),
      misnamed: await createSigned('misnamed', 'DNS:other.example.com', '2'),
      selfSigned: await pairOf('self-signed'),
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Certificates for a server on 127.0.0.1, right and wrong ones. */
export interface Certificates {
  /** Whom to trust, so that the others are right or wrong for one reason only. */
  readonly authority: string
  readonly right: Certificate
  readonly expired: Certificate
  readonly misnamed: Certificate
  readonly selfSigned: Certificate
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const

/** Makes them with openssl; throws where there is none. */
export const makeCertificates = async (): Promise<Certificates> => {
  const directory = await mkdtemp(join(tmpdir(), 'callboard-tls-'))
  const openssl = (...options: readonly string[]) => execFileSync('openssl', options, { cwd: directory, stdio: 'ignore' })
  const pem = (name: string) => readFile(join(directory, name), 'utf8')
  const pairOf = async (name: string): Promise<Certificate> => ({ cert: await pem(`${name}.pem`), key: await pem(`${name}.key`) })
  const own = (name: string, ...more: readonly string[]) =>
    openssl('req', '-x509', ...NEW_KEY, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=${name}`, ...more)
  const signed = async (name: string, altName: string, days: string) => {
    openssl('req', ...NEW_KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    await writeFile(join(directory, `${name}.ext`), `subjectAltName=${altName}`)
    const by = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial']
    openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', days, '-extfile', `${name}.ext`, '-out', `${name}.pem`)
    return pairOf(name)
  }
  try {
    own('authority')
    own('alone', '-addext', 'subjectAltName=IP:127.0.0.1')
    return {
      authority: await pem('authority.pem'),
      right: await signed('right', 'IP:127.0.0.1', '2'),
      expired: await signed('expired', 'IP:127.0.0.1', '-1'),
      misnamed: await signed('misnamed', 'DNS:other.example.com', '2'),
      selfSigned: await pairOf('alone'),
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

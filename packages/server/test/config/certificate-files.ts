import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory with certificates and keys, usable and unusable ones. */
export interface CertificateDirectory {
  /** Returns the path of a file in it. */
  readonly path: (name: string) => string
  readonly remove: () => Promise<void>
}

/** How long the certificates are valid. */
export const VALID_DAYS = 30

/** Makes the certificates and keys with openssl. Throws if openssl is not installed. */
export const makeCertificateFiles = async (): Promise<CertificateDirectory> => {
  const directory = await mkdtemp(join(tmpdir(), 'callboard-certificates-'))
  const path = (name: string) => join(directory, name)
  const openssl = (...options: readonly string[]) => execFileSync('openssl', options, { cwd: directory, stdio: 'ignore' })
  const make = (name: string, key: readonly string[], ...more: readonly string[]) => {
    const options = ['-nodes', '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', String(VALID_DAYS), '-subj', `/CN=${name}`]
    openssl('req', '-x509', ...key, ...options, ...more)
  }
  const concatenate = async (to: string, ...names: readonly string[]) => {
    await writeFile(path(to), '')
    for (const name of names) await appendFile(path(to), await readFile(path(name)))
  }
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']

  make('own', ec)
  make('other', ec)
  make('short', ['-newkey', 'rsa:512'])
  openssl('req', ...ec, '-nodes', '-keyout', 'leaf.key', '-out', 'request.pem', '-subj', '/CN=leaf')
  const authority = ['-CA', 'own.pem', '-CAkey', 'own.key', '-CAcreateserial', '-days', String(VALID_DAYS)]
  openssl('x509', '-req', '-in', 'request.pem', ...authority, '-out', 'leaf.pem')
  openssl('x509', '-in', 'own.pem', '-outform', 'der', '-out', 'own.der')
  openssl('pkey', '-in', 'own.key', '-outform', 'der', '-out', 'own-key.der')
  openssl('pkcs12', '-export', '-in', 'own.pem', '-inkey', 'own.key', '-passout', 'pass:', '-out', 'own.p12')
  openssl('pkey', '-in', 'own.key', '-aes256', '-passout', 'pass:secret', '-out', 'encrypted.key')
  openssl('ec', '-in', 'own.key', '-aes256', '-passout', 'pass:secret', '-out', 'old-encrypted.key')
  openssl('pkey', '-in', 'own.key', '-pubout', '-out', 'public.pem')
  await concatenate('chain.pem', 'leaf.pem', 'own.pem')
  await concatenate('reversed.pem', 'own.pem', 'leaf.pem')
  await concatenate('foreign.pem', 'leaf.pem', 'other.pem')
  await concatenate('both.pem', 'own.key', 'own.pem')
  await writeFile(path('empty.pem'), '\n')
  await writeFile(path('text.pem'), 'hello\n')
  const damaged = (text: string) => text.replace(/^(M.{20})/m, (line) => line.toLowerCase())
  await writeFile(path('damaged.pem'), damaged(await readFile(path('own.pem'), 'utf8')))
  await writeFile(path('damaged.key'), damaged(await readFile(path('own.key'), 'utf8')))
  await mkdir(path('directory'))
  return { path, remove: () => rm(directory, { recursive: true }) }
}

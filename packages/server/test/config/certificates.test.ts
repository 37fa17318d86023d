import { writeFile } from 'node:fs/promises'
import { expect } from 'chai'
import { loadCertificate, readCertificate } from '../../src/config/certificate/certificate.ts'
import { checkConfig } from '../../src/config/load.ts'
import { readConfig } from '../../src/config/read.ts'
import { skipWithout, whyNotRunnable } from '../crash/skip-without.ts'
import { type CertificateDirectory, makeCertificateFiles, VALID_DAYS } from './certificate-files.ts'
import { lines } from './config-fixture.ts'

interface Names {
  readonly cert: string
  readonly key: string
  readonly ca?: string
}

/** The files of `listen.tls`, and the start of each problem with its place. */
const unusable: readonly (readonly [name: string, files: Names, ...problems: (readonly [at: keyof Names, text: RegExp])[]])[] = [
  [
    'a missing certificate',
    { cert: 'nowhere.pem', key: 'own.key' },
    ['cert', /^cannot use the certificate \S+nowhere\.pem: no such file; check the path$/],
  ],
  [
    'a missing key',
    { cert: 'own.pem', key: 'nowhere.key' },
    ['key', /^cannot use the private key \S+nowhere\.key: no such file; check the path$/],
  ],
  [
    'two missing files',
    { cert: 'nowhere.pem', key: 'nowhere.key' },
    ['cert', /nowhere\.pem: no such file/],
    ['key', /nowhere\.key: no such file/],
  ],
  ['a directory', { cert: 'directory', key: 'own.key' }, ['cert', /directory: it is a directory; name a file in it$/]],
  ['a path below a file', { cert: 'own.pem/x', key: 'own.key' }, ['cert', /own\.pem\/x: a part of its path is a file, not a directory; /]],
  ['an empty certificate', { cert: 'empty.pem', key: 'own.key' }, ['cert', /empty\.pem: the file is empty; write it in PEM format$/]],
  ['an empty key', { cert: 'own.pem', key: 'empty.pem' }, ['key', /empty\.pem: the file is empty; write it in PEM format$/]],
  [
    'a text',
    { cert: 'text.pem', key: 'text.pem' },
    ['cert', /text\.pem: it is not in PEM format; /],
    ['key', /text\.pem: it is not in PEM format; /],
  ],
  [
    'swapped files',
    { cert: 'own.key', key: 'own.pem' },
    ['cert', /own\.key: it contains a private key, and `key` names a certificate; swap `cert` and `key`$/],
  ],
  [
    'a key in place of the certificate',
    { cert: 'own.key', key: 'own.key' },
    ['cert', /own\.key: it contains a private key, and no certificate; /],
  ],
  [
    'a certificate in place of the key',
    { cert: 'own.pem', key: 'own.pem' },
    ['key', /own\.pem: it contains a certificate, and no private key; /],
  ],
  [
    'a request in place of the certificate',
    { cert: 'request.pem', key: 'leaf.key' },
    ['cert', /a block of the type "CERTIFICATE REQUEST", and no certificate; /],
  ],
  [
    'a public key in place of the key',
    { cert: 'own.pem', key: 'public.pem' },
    ['key', /a block of the type "PUBLIC KEY", and no private key; /],
  ],
  [
    'the key of another certificate',
    { cert: 'own.pem', key: 'other.key' },
    ['key', /other\.key: it is not the key of the certificate \S+own\.pem; /],
  ],
  [
    'a certificate in DER format',
    { cert: 'own.der', key: 'own.key' },
    ['cert', /DER format, not in PEM format; convert it with `openssl x509 -inform der -in \S+own\.der -out /],
  ],
  [
    'a key in DER format',
    { cert: 'own.pem', key: 'own-key.der' },
    ['key', /DER format, not in PEM format; convert it with `openssl pkey -inform der /],
  ],
  [
    'a PKCS #12 file',
    { cert: 'own.p12', key: 'own.key' },
    ['cert', /PKCS #12 format, not in PEM format; convert it with `openssl pkcs12 /],
  ],
  [
    'an encrypted key',
    { cert: 'own.pem', key: 'encrypted.key' },
    ['key', /encrypted\.key: it is encrypted; decrypt it with `openssl pkey /],
  ],
  [
    'an encrypted key in the old form',
    { cert: 'own.pem', key: 'old-encrypted.key' },
    ['key', /old-encrypted\.key: it is encrypted; decrypt /],
  ],
  ['a damaged certificate', { cert: 'damaged.pem', key: 'own.key' }, ['cert', /damaged\.pem: certificate 1 in it is damaged \(/]],
  ['a damaged key', { cert: 'own.pem', key: 'damaged.key' }, ['key', /damaged\.key: it is damaged \(/]],
  ['a short key', { cert: 'short.pem', key: 'short.key' }, ['cert', /short\.pem: it is too weak \(.*\); make one with /]],
  [
    'a reversed chain',
    { cert: 'reversed.pem', key: 'leaf.key' },
    ['cert', /reversed\.pem: its chain is in the wrong order; put the certificate of the server first/],
  ],
  [
    'a missing authority',
    { cert: 'own.pem', key: 'own.key', ca: 'nowhere.pem' },
    ['ca', /^cannot use the CA certificates \S+nowhere\.pem: no such file; check the path$/],
  ],
  ['a text in place of an authority', { cert: 'own.pem', key: 'own.key', ca: 'text.pem' }, ['ca', /text\.pem: it is not in PEM format; /]],
  [
    'a key in place of an authority',
    { cert: 'own.pem', key: 'own.key', ca: 'own.key' },
    ['ca', /own\.key: it contains a private key, and no certificate; /],
  ],
  [
    'a damaged authority beside a foreign key',
    { cert: 'own.pem', key: 'damaged.key', ca: 'damaged.pem' },
    ['key', /damaged\.key/],
    ['ca', /damaged\.pem: certificate 1 in it is damaged /],
  ],
]

describe('the certificate of listen.tls', () => {
  let files: CertificateDirectory
  before(async function () {
    skipWithout(this, whyNotRunnable('openssl', 'version'))
    files = await makeCertificateFiles()
  })
  after(() => files?.remove())

  const pathsOf = ({ cert, key, ca }: Names) => ({
    cert: files.path(cert),
    key: files.path(key),
    ...(ca !== undefined && { ca: files.path(ca) }),
  })
  const inDays = (days: number) => Date.now() + days * 86_400_000
  const warningsAt = (days: number, cert: string, key: string, ca?: string) => {
    const { certificate, problems } = readCertificate(pathsOf({ cert, key, ...(ca !== undefined && { ca }) }), inDays(days))
    expect(certificate).not.to.equal(undefined)
    return problems.map(({ at, level, message }) => `${at} ${level}: ${message.replaceAll(files.path('/'), '')}`)
  }

  for (const [name, names, ...problems] of unusable) {
    it(`is refused with the place, the file and the advice: ${name}`, async () => {
      const { cert, key, ca } = pathsOf(names)
      const config = files.path('callboard.yaml')
      await writeFile(
        config,
        `apps: [{ sdkAppId: 1, tokens: [t] }]
listen:
  tls:
    cert: ${cert}
    key: ${key}
    ${ca === undefined ? '' : `ca: ${ca}`}
routez: {}
`,
      )
      const found = await checkConfig(config, {})
      const place = { cert: { line: 4, column: 11 }, key: { line: 5, column: 10 }, ca: { line: 6, column: 9 } }
      expect(found.map(({ line, column }) => ({ line, column }))).to.deep.equal([
        ...problems.map(([at]) => place[at]),
        { line: 7, column: 1 },
      ])
      for (const [index, [, text]] of problems.entries()) expect(found[index]?.message).to.match(text)
      expect(lines(await readConfig(config, {}, 'start'))).to.deep.equal(lines({ problems: found }))
      expect(lines(await readConfig(config, {}, 'reload'))).to.deep.equal(lines({ problems: found }))
      // The server reads the files with the same function.
      const messages = found.slice(0, -1).map(({ message }) => message)
      expect(() => loadCertificate(pathsOf(names))).to.throw(messages.join('\n'))
    })
  }

  it('is checked although another key of `listen` is wrong', async () => {
    const config = files.path('callboard.yaml')
    await writeFile(config, `apps: [{ sdkAppId: 1, tokens: [t] }]\nlisten: { port: x, tls: { cert: nowhere.pem, key: own.key } }\n`)
    expect((await checkConfig(config, {})).map(({ message }) => message)).to.deep.equal([
      'expected a port from 0 to 65535',
      `cannot use the certificate ${files.path('nowhere.pem')}: no such file; check the path`,
    ])
  })

  it('is not read by commands that start no server', async () => {
    const config = files.path('callboard.yaml')
    await writeFile(config, `apps: [{ sdkAppId: 1, tokens: [t] }]\nlisten: { tls: { cert: nowhere.pem, key: own.key } }\n`)
    expect(lines(await readConfig(config, {}))).to.deep.equal([])
  })

  it('may stand with its key in one file, before its issuers, and beside the certificates of authorities', () => {
    for (const names of [
      { cert: 'own.pem', key: 'own.key' },
      { cert: 'both.pem', key: 'both.pem' },
      { cert: 'chain.pem', key: 'leaf.key', ca: 'own.pem' },
    ]) {
      const { certificate, problems } = readCertificate(pathsOf(names), inDays(-10))
      expect(problems.filter(({ level }) => level === 'error')).to.deep.equal([])
      expect(certificate).to.have.keys(Object.keys(names))
    }
  })

  it('causes a warning when it has expired, is not valid yet, or expires within 14 days', () => {
    const day = (days: number) => new Date(inDays(days)).toISOString().slice(0, 10)
    expect(warningsAt(0, 'own.pem', 'own.key')).to.deep.equal([])
    expect(warningsAt(VALID_DAYS - 14.5, 'own.pem', 'own.key')).to.deep.equal([])
    expect(warningsAt(VALID_DAYS - 13.5, 'own.pem', 'own.key')).to.deep.equal([
      `cert warning: the certificate own.pem expires on ${day(VALID_DAYS)}, in 14 days; renew it`,
    ])
    expect(warningsAt(VALID_DAYS - 0.5, 'own.pem', 'own.key')).to.deep.equal([
      `cert warning: the certificate own.pem expires on ${day(VALID_DAYS)}, in 1 day; renew it`,
    ])
    expect(warningsAt(VALID_DAYS + 0.5, 'own.pem', 'own.key')).to.deep.equal([
      `cert warning: the certificate own.pem expired on ${day(VALID_DAYS)}: clients refuse it; renew it`,
    ])
    expect(warningsAt(-1, 'own.pem', 'own.key')).to.deep.equal([
      `cert warning: the certificate own.pem is not valid before ${day(0)}: clients refuse it until then`,
    ])
  })

  it('causes a warning for the dates of each issuer and authority, and for an issuer of another certificate', () => {
    expect(warningsAt(VALID_DAYS + 1, 'own.pem', 'own.key', 'other.pem')).to.have.length(2)
    expect(warningsAt(0, 'chain.pem', 'leaf.key')).to.deep.equal([])
    const all = warningsAt(VALID_DAYS + 1, 'chain.pem', 'leaf.key')
    expect(all[0]).to.match(/^cert warning: the certificate chain\.pem expired on /)
    expect(all[1]).to.match(/^cert warning: certificate 2 in chain\.pem expired on /)
    expect(warningsAt(0, 'foreign.pem', 'leaf.key').join('\n')).to.match(
      /^cert warning: certificate 2 in foreign\.pem is not the issuer of the one before it/,
    )
  })
})

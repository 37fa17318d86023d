import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { GiveUp } from '@callboard/core'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { skipTest } from '../skip-test.ts'
import { startReceiver, startTcpServer } from '../test-receiver.ts'
import { type Certificate, type Certificates, makeCertificates } from './certificates.ts'
import { delivery, neverAborted, TOKEN, withSinkForServer, writeErrorOf } from './webhook-sink-fixture.ts'

/** Delivers to a server with this certificate. Returns `delivered` or the message of the error. */
const resultOf = async (certificate: Certificate): Promise<string> => {
  const receiver = await startReceiver((response) => response.end(), certificate)
  let result = 'delivered'
  await withSinkForServer(
    receiver,
    async (writer) => {
      const writing = Promise.resolve(writer.write(delivery, neverAborted()))
      const error = await writing.then(
        () => undefined,
        (reason: unknown) => writeErrorOf(Promise.reject(reason)),
      )
      if (!error) return
      expect(error).not.to.be.instanceOf(GiveUp)
      expect(receiver.requests).to.deep.equal([])
      await until(() => receiver.openConnections() === 0)
      result = error.message
    },
    { url: `${receiver.url}?${TOKEN}` },
  )
  return result
}

describe('webhook sink over TLS', () => {
  let certificates: Certificates | undefined
  const defaultAuthorities = getCACertificates('default')

  before(async function () {
    certificates = await makeCertificates().catch(() => undefined)
    if (!certificates) skipTest(this, 'openssl is not installed')
  })
  afterEach(() => setDefaultCACertificates(defaultAuthorities))

  it('delivers only to a receiver with a valid certificate [F29]', async () => {
    if (!certificates) throw new Error('the before hook made no certificates')
    const { authority, valid, expired, misnamed, selfSigned } = certificates
    expect(await resultOf(valid)).to.equal('tls: UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    setDefaultCACertificates([...defaultAuthorities, authority])
    expect(await resultOf(valid)).to.equal('delivered')
    expect(await resultOf(expired)).to.equal('tls: CERT_HAS_EXPIRED')
    expect(await resultOf(misnamed)).to.equal('tls: ERR_TLS_CERT_ALTNAME_INVALID')
    expect(await resultOf(selfSigned)).to.equal('tls: DEPTH_ZERO_SELF_SIGNED_CERT')
  })

  it('rejects the write with a TLS error if the receiver does not support TLS [F29]', async () => {
    const receiver = await startTcpServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    await withSinkForServer(
      receiver,
      async (writer) => {
        expect((await writeErrorOf(writer.write(delivery, neverAborted()))).message).to.match(/^tls: /)
        await until(() => receiver.openConnections() === 0)
      },
      { url: receiver.url.replace('http:', 'https:') },
    )
  })

  it('rejects the write when the attempt times out during the TLS handshake, and closes the connection when the sink closes [F29]', async function () {
    // The TLS handshake times out after ten seconds. This test must end earlier to prove that the sink closes the connection.
    this.timeout(8_000)
    const attempt = new AbortController()
    const receiver = await startTcpServer((socket) => socket.once('data', () => attempt.abort(new Error('no answer within 15s'))))
    const connectionClosed = until(() => receiver.connections() > 0 && receiver.openConnections() === 0)
    await withSinkForServer(
      receiver,
      async (writer) => {
        expect((await writeErrorOf(writer.write(delivery, attempt.signal))).message).to.equal('no answer within 15s')
        await writer.close?.()
        await connectionClosed
      },
      { url: receiver.url.replace('http:', 'https:') },
    )
  })
})

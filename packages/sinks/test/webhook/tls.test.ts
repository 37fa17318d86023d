import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { GiveUp } from '@callboard/core'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { skipFor } from '../needs.ts'
import { peer, receiver } from '../receiver.ts'
import { type Certificate, type Certificates, makeCertificates } from './certificates.ts'
import { delivery, failure, live, postingTo, TOKEN } from './posting.ts'

/** What becomes of a delivery to a server with this certificate. */
const outcome = async (certificate: Certificate): Promise<string> => {
  const to = await receiver((response) => response.end(), certificate)
  let said = 'delivered'
  await postingTo(
    to,
    async (open) => {
      const writing = Promise.resolve(open.write(delivery, live()))
      const error = await writing.then(
        () => undefined,
        (reason: unknown) => failure(Promise.reject(reason)),
      )
      if (!error) return
      expect(error).not.to.be.instanceOf(GiveUp)
      expect(to.received).to.deep.equal([])
      await until(() => to.open() === 0)
      said = error.message
    },
    { url: `${to.url}?${TOKEN}` },
  )
  return said
}

describe('a webhook over TLS', () => {
  let made: Certificates | undefined
  const trusted = getCACertificates('default')

  before(async function () {
    made = await makeCertificates().catch(() => undefined)
    if (!made) skipFor(this, 'openssl is not installed')
  })
  afterEach(() => setDefaultCACertificates(trusted))

  it('is delivered to a receiver whose certificate holds, and to no other', async () => {
    if (!made) throw new Error('no certificates')
    const { authority, right, expired, misnamed, selfSigned } = made
    expect(await outcome(right)).to.equal('tls: UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    setDefaultCACertificates([...trusted, authority])
    expect(await outcome(right)).to.equal('delivered')
    expect(await outcome(expired)).to.equal('tls: CERT_HAS_EXPIRED')
    expect(await outcome(misnamed)).to.equal('tls: ERR_TLS_CERT_ALTNAME_INVALID')
    expect(await outcome(selfSigned)).to.equal('tls: DEPTH_ZERO_SELF_SIGNED_CERT')
  })

  it('fails where the peer does not speak TLS', async () => {
    const to = await peer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    await postingTo(
      to,
      async (open) => {
        expect((await failure(open.write(delivery, live()))).message).to.match(/^tls: /)
        await until(() => to.open() === 0)
      },
      { url: to.url.replace('http:', 'https:') },
    )
  })

  it('ends with the attempt while a handshake stalls, and closing the sink ends the handshake', async function () {
    // Left alone, the handshake ends by itself after ten seconds.
    this.timeout(8_000)
    const stop = new AbortController()
    const to = await peer((socket) => socket.once('data', () => stop.abort(new Error('no answer within 15000 ms'))))
    const ended = until(() => to.connections() > 0 && to.open() === 0)
    await postingTo(
      to,
      async (open) => {
        expect((await failure(open.write(delivery, stop.signal))).message).to.equal('no answer within 15000 ms')
        await open.close?.()
        await ended
      },
      { url: to.url.replace('http:', 'https:') },
    )
  })
})

import { createServer } from 'node:http'
import { type Decision, definePlugin, memory, silentLog, struct, verdicts } from '@callboard/core'
import { manualClock, send, until } from '@callboard/testing'
import { expect } from 'chai'
import * as t from 'io-ts'
import { Webhook } from 'standardwebhooks'
import { decideByWebhook } from '../src/config/resolve/webhook-decision.ts'
import { type RunningServer, startServer } from '../src/http/server.ts'
import { stopOnManualClock } from './stop-on-manual-clock.ts'

const APP = 1400000000
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }

const beforeSend = definePlugin({
  command: 'Group.CallbackBeforeSendMsg',
  title: 'Before a group message is sent',
  body: struct({ GroupId: t.string }),
  sample: { GroupId: 'g' },
  before: verdicts({ reply: struct({}, { MsgBody: t.array(t.string) }), codes: [10100, 10200], drop: true }),
})

describe('a decision by webhook', () => {
  const clock = manualClock(Date.now())
  const asked: { readonly url: string; readonly headers: Record<string, string>; readonly body: string }[] = []
  let answer: { readonly status?: number; readonly text: string } | 'never' | 'cut' = { text: '' }
  let served: RunningServer
  const decider = createServer((req, res) => {
    let body = ''
    req.on('data', (chunk) => {
      body += chunk
    })
    req.on('end', () => {
      const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]))
      asked.push({ url: req.url ?? '', headers, body })
      if (answer === 'cut') res.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n${JSON.stringify({ ...OK, ErrorCode: 10150 })}`)
      else if (answer !== 'never') res.writeHead(answer.status ?? 200).end(answer.text)
    })
  })

  before(async () => {
    await new Promise<void>((resolve) => decider.listen(0, '127.0.0.1', resolve))
    const address = decider.address()
    const port = typeof address === 'object' ? address?.port : 0
    const decision: Decision = decideByWebhook(beforeSend, {
      url: `http://127.0.0.1:${port}/decide?team=im`,
      secret: SECRET,
      allow: ['127.0.0.0/8'],
    })
    served = await startServer(
      {
        settings: { listen: { host: '127.0.0.1', port: 0, path: '/callback' }, admin: { host: '127.0.0.1', port: 0 } },
        apps: [{ sdkAppId: APP, tokens: ['secret'] }],
        plugins: [beforeSend],
        decisions: [decision],
        sinks: {},
        routes: {},
        clock,
      },
      { journal: memory({ clock }), log: silentLog },
    )
  })
  after(async () => {
    decider.closeAllConnections()
    decider.close()
    await stopOnManualClock(served, clock)
  })

  const ask = (body: unknown = { GroupId: 'g' }) =>
    send({
      to: served.callbackUrl,
      app: APP,
      token: 'secret',
      command: beforeSend.command,
      body,
      requestTime: Math.floor(clock.now() / 1_000),
    })
  const answering = async (text: string | object, status = 200) => {
    answer = { text: typeof text === 'string' ? text : JSON.stringify(text), status }
    return (await ask()).json
  }
  const recorded = async () => (await served.callboard.journal.find({ limit: 1, order: 'newest' })).events[0]?.decision

  it('forwards the vendor’s body byte for byte, signed, with the query but without `Sign`', async () => {
    answer = { text: JSON.stringify(OK) }
    const text = '{ "GroupId":"g",  "New": 12345678901234567890 }'
    expect((await ask(text)).json).to.deep.equal(OK)
    const { url, headers, body } = asked.at(-1) ?? { url: '', headers: {}, body: '' }
    expect(body).to.equal(text)
    expect(() => new Webhook(SECRET).verify(body, headers)).not.to.throw()
    const query = new URL(url, 'http://x').searchParams
    expect(Object.fromEntries(query)).to.deep.include({ team: 'im', SdkAppid: String(APP), CallbackCommand: beforeSend.command })
    expect(query.has('Sign')).to.equal(false)
  })

  it('answers as the webhook does: allow, refuse with a code, drop, and reply with fields', async () => {
    expect(await answering(OK)).to.deep.equal(OK)
    const refusal = { ...OK, ErrorCode: 10150, ErrorInfo: 'no spam here' }
    expect(await answering(refusal)).to.deep.equal(refusal)
    expect(await answering({ ...OK, ErrorCode: 2 })).to.deep.equal({ ...OK, ErrorCode: 2 })
    expect(await answering({ ...OK, MsgBody: ['clean'] })).to.deep.equal({ ...OK, MsgBody: ['clean'] })
    expect(await recorded()).to.include({ by: 'plugin', code: 0 })
  })

  it('answers with the digits of a number beyond 2^53 in a reply [F48]', async () => {
    const text = JSON.stringify({ ...OK, MsgBody: ['n'] }).replace('"n"', '12345678901234567890')
    expect(await answering(text)).to.deep.equal({ ...OK, MsgBody: ['12345678901234567890'] })
  })

  it('refuses with code 1 and records a warning for a code that does not reach the client', async () => {
    expect(await answering({ ...OK, ErrorCode: 77 })).to.deep.equal({ ...OK, ErrorCode: 1 })
    expect((await recorded())?.warning).to.contain('out of range')
  })

  it('leaves out invalid reply fields, and records a warning', async () => {
    expect(await answering({ ...OK, MsgBody: 'not a list' })).to.deep.equal(OK)
    expect((await recorded())?.warning).to.contain('are invalid')
  })

  it('accepts a byte order mark, digits as text, blanks and any case, but no other spelling', async () => {
    const refusal = { ...OK, ErrorCode: 10150, ErrorInfo: 'no spam here' }
    const text = JSON.stringify(refusal)
    const accepted = [
      `\ufeff${text}`,
      ` \r\n${text}\n `,
      text.replace('10150', '"10150"'),
      text.replace('10150', '" 10150 "'),
      text.replace('10150', '10150.0'),
      text.replace('"OK"', '"ok"'),
      text.replace('"OK"', '" Ok "'),
      `\ufeff${text.replace('10150', '"10150"').replace('"OK"', '"ok "')}`,
    ]
    for (const each of accepted) expect(await answering(each), each).to.deep.equal(refusal)
    expect(await answering(refusal, 201)).to.deep.equal(refusal)
    for (const code of [0, '0', '2']) expect(await answering({ ...OK, ErrorCode: code })).to.deep.equal({ ...OK, ErrorCode: Number(code) })
    expect(await answering({ ...refusal, ErrorInfo: 7 })).to.deep.equal({ ...refusal, ErrorInfo: '' })
  })

  for (const [what, text, reason, status] of [
    ['that is no JSON', '<html>\u001b[2J', 'cannot be parsed as JSON (not_json): "<html>\\\\u001b[2J"'],
    ['that is empty', '', 'cannot be parsed as JSON (not_json): ""'],
    ['in UTF-16', '{\u0000"\u0000', 'cannot be parsed as JSON (not_json): "{\\\\u0000\\"\\\\u0000"'],
    ['with a key that is forbidden', '{"__proto__":{}}', 'cannot be parsed as JSON (forbidden_key): "{\\"__proto__\\":{}}"'],
    ['that is no object', '[]', 'is not a JSON object: "[]"'],
    ['that says FAIL', '{"ActionStatus":"FAIL"}', 'has an ActionStatus other than OK: "{\\"ActionStatus\\":\\"FAIL\\"}"'],
    ['without a status', '{"ErrorCode":0}', 'has no ActionStatus: "{\\"ErrorCode\\":0}"'],
    ['without a code', '{"ActionStatus":"OK"}', 'has no ErrorCode that is a whole number: "{\\"ActionStatus\\":\\"OK\\"}"'],
    ...['"1x"', '""', '1.5', '"1.5"', 'null', 'true', '"0x10"', '12345678901234567890'].map((code) => {
      const answer = `{"ActionStatus":"OK","ErrorCode":${code}}`
      return [`with the code ${code}`, answer, `has no ErrorCode that is a whole number: ${JSON.stringify(answer)}`] as const
    }),
    ['with another status', 'busy', 'has the status 500: "busy"', 500],
    ['that redirects', '', 'has the status 302: ""', 302],
    ['that is long', 'x'.repeat(300), `cannot be parsed as JSON (not_json): "${'x'.repeat(200)}" …`],
    ['that is too long', ' '.repeat(262_145), `is longer than 262144 bytes: "${' '.repeat(200)}" …`],
  ] as const) {
    it(`answers with the fallback for an answer ${what}, and records why`, async () => {
      expect(await answering(text, status)).to.deep.equal(OK)
      const warning = `decision failed: the answer of the decision service ${reason}`
      expect(await recorded()).to.deep.include({ by: 'fallback', warning })
    })
  }

  it('answers with the fallback when the body of the answer is cut, whatever its status', async () => {
    answer = 'cut'
    expect((await ask()).json).to.deep.equal(OK)
    expect(await recorded()).to.include({ by: 'fallback', warning: 'decision failed: connection closed by the receiver' })
  })

  it('answers with the fallback when the webhook misses the deadline', async () => {
    answer = 'never'
    const before = asked.length
    const answered = ask()
    await until(() => asked.length > before)
    await clock.advance(1_500)
    expect((await answered).json).to.deep.equal(OK)
    expect(await recorded()).to.include({ by: 'fallback', warning: 'decision timed out', ms: 1_500 })
  })
})

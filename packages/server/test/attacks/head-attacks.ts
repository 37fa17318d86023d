import { createHash } from 'node:crypto'
import { APP, type Attack, checkRefused, checkStored, firstProblem, parseAnswer, startTarget, TOKENS, uniqueBody } from './attack-target.ts'

const now = () => Math.floor(Date.now() / 1_000)
const signOf = (token: string, time: string | number): string => createHash('sha256').update(`${token}${time}`).digest('hex')

/** Attacks by path, query and signature. */
export const headAttacks: readonly Attack[] = [
  {
    title: 'repeated, listed or missing query parameters are answered 403 or 400 [F47] [F60]',
    attack: async (target) => {
      const { search } = target.url()
      const other = (change: (text: string) => string) => `${new URL(target.served.callbackUrl).pathname}${change(search)}`
      const ask = async (path: string) => {
        const body = JSON.stringify(uniqueBody())
        return parseAnswer(
          await target.raw(`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
        )
      }
      const unauthorized = await firstProblem(
        [
          (text: string) => `${text}&SdkAppid=${APP}`,
          (text: string) => text.replace('SdkAppid=', 'SdkAppid[]='),
          (text: string) => `${text}&sdkappid=${APP}`,
          (text: string) => `SdkAppId=${APP}&${text.slice(1)}`.replace(/^/, '?'),
          (text: string) => `${text}&sign=${'0'.repeat(64)}`,
          (text: string) => `${text}&REQUESTTIME=${now()}`,
          (text: string) => text.replace(`SdkAppid=${APP}`, `SdkAppid=0${APP}`),
          (text: string) => text.replace(`SdkAppid=${APP}`, `SdkAppid=${'9'.repeat(400)}`),
          (text: string) => `${text}&Sign=${'0'.repeat(64)}`,
          (text: string) => `${text}&RequestTime=${now()}`,
          () => '',
        ],
        (change) => checkRefused(target, 403, () => ask(other(change))),
      )
      const malformed = await firstProblem(
        [
          (text: string) => `${text}&CallbackCommand=Group.CallbackAfterCreateGroup`,
          (text: string) => text.replace(/CallbackCommand=[^&]*/, 'CallbackCommand='),
          (text: string) => `${text}&callbackcommand=Group.CallbackAfterCreateGroup`,
        ],
        (change) => checkRefused(target, 400, () => ask(other(change))),
      )
      const spellings = await firstProblem(['SdkAppId', 'sdkappid', 'SIGN', 'requesttime', 'callbackCommand'], (spelling) =>
        checkStored(target, 'accepted', () => ask(other((text) => text.replace(new RegExp(`(?<=[?&])${spelling}(?==)`, 'i'), spelling)))),
      )
      return unauthorized ?? malformed ?? spellings
    },
  },
  {
    title: 'unknown commands are stored with status `unknown` [F49]',
    attack: (target) =>
      firstProblem(['Foo.Bar', '../../etc/passwd', 'Group.CallbackAfterGroupDestroyed ', '<script>'], (command) =>
        checkStored(target, 'unknown', () => target.post({ command, body: { EventTime: Date.now(), command } })),
      ),
  },
  {
    title: 'other methods are answered 405, other paths 404 [F56]',
    attack: async (target) => {
      const { href } = target.url()
      const ask = async (url: string, method: string) => {
        const answer = await fetch(url, { method })
        return { status: answer.status, text: await answer.text() }
      }
      const methods = await firstProblem(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'], (method) =>
        checkRefused(target, 405, () => ask(href, method)),
      )
      const paths = await firstProblem(['/', '/callback/x', '/callback%2f', '//callback', '/metrics'], (path) =>
        checkRefused(target, 404, () => ask(`${new URL(href).origin}${path}`, 'POST')),
      )
      return methods ?? paths
    },
  },
  {
    title: 'invented commands and apps add no metric series [F49] [F57]',
    attack: async (target) => {
      const series = async () => {
        const text = await (await fetch(`${target.served.adminUrl}/metrics`, { headers: { authorization: 'Bearer admin-token' } })).text()
        return text.split('\n').filter((line) => line.startsWith('callboard_callbacks')).length
      }
      await target.post({ app: 1 })
      await target.post({ command: 'Made.Up', body: { a: 1 } })
      const before = await series()
      for (let n = 0; n < 200; n += 1) await target.post({ command: `Made.Up${n}`, app: n % 2 ? APP : n, body: { n } })
      return (await series()) === before ? undefined : 'there are more series'
    },
  },
  {
    title: 'another app is answered 403 [F60]',
    attack: (target) =>
      firstProblem([0, 1, APP + 1, -APP, `${APP}.0`, `${APP} `, '١٤٠٠٠٠٠٠٠٠'], (app) =>
        checkRefused(target, 403, () => target.post({ app })),
      ),
  },
  {
    title: 'invalid signatures are answered 403 [F61]',
    attack: async (target) => {
      const right = signOf(TOKENS[0], now())
      const wrong = [
        '',
        'x',
        '0'.repeat(64),
        right.slice(1),
        `${right}0`,
        `0${right.slice(1)}`.replace(/^0/, right[0] === '0' ? '1' : '0'),
        'g'.repeat(64),
      ]
      const problem = await firstProblem(wrong, (sign) => checkRefused(target, 403, () => target.post({ sign, requestTime: now() })))
      const upper = await checkStored(target, 'accepted', () =>
        target.post({ sign: signOf(TOKENS[0], now()).toUpperCase(), requestTime: now() }),
      )
      return problem ?? upper
    },
  },
  {
    title: 'expired and invalid times are answered 403, even with a right signature [F62]',
    attack: (target) =>
      firstProblem([now() - 62, now() + 63, now() * 1_000, `${now()}.5`, `-${now()}`, '1e9', `0${now()}`, '9'.repeat(20), ' '], (time) =>
        checkRefused(target, 403, () => target.post({ requestTime: time, sign: signOf(TOKENS[0], time) })),
      ),
  },
  {
    title: 'a replayed request is stored once [F40] [F63]',
    attack: async (target) => {
      const again = { body: JSON.stringify(uniqueBody()), requestTime: now() }
      const first = await checkStored(target, 'accepted', () => target.post(again))
      const before = (await target.journal.stats()).events
      for (let n = 0; n < 20; n += 1) await target.post(again)
      return first ?? ((await target.journal.stats()).events === before ? undefined : 'it was stored again')
    },
  },
  {
    title: 'a removed token is answered 403 [F64]',
    attack: async (target) => {
      const both = await firstProblem(TOKENS, (token) => checkStored(target, 'accepted', () => target.post({ token })))
      target.served.callboard.setApps([{ sdkAppId: APP, tokens: [TOKENS[1]] }])
      const old = await checkRefused(target, 403, () => target.post({ token: TOKENS[0] }))
      target.served.callboard.setApps([{ sdkAppId: APP, tokens: TOKENS }])
      return both ?? old
    },
  },
  {
    title: 'a forged client address is answered 403 [F67]',
    attack: async () => {
      const guarded = await startTarget({ allow: ['10.0.0.0/8'] })
      try {
        return await firstProblem(['10.0.0.1', '10.0.0.1, 10.0.0.2', '::ffff:10.0.0.1'], (address) =>
          checkRefused(guarded, 403, () =>
            guarded.post({ headers: { 'x-forwarded-for': address, 'x-real-ip': address, forwarded: `for=${address}` } }),
          ),
        )
      } finally {
        await guarded.close()
      }
    },
  },
]

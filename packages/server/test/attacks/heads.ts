import { createHash } from 'node:crypto'
import { APP, type Attack, aBody, bench as another, answerIn, each, refused, stored, TOKENS } from './bench.ts'

const now = () => Math.floor(Date.now() / 1_000)
const signOf = (token: string, time: string | number): string => createHash('sha256').update(`${token}${time}`).digest('hex')

/** Who sends, for whom, signed how and when. */
export const headAttacks: readonly Attack[] = [
  {
    fault: 'F47',
    what: 'query parameters given twice, as a list, in another case, or left out',
    attack: async (bench) => {
      const { search } = bench.url()
      const other = (change: (text: string) => string) => `${new URL(bench.served.callbackUrl).pathname}${change(search)}`
      const ask = async (path: string) => {
        const body = JSON.stringify(aBody())
        return answerIn(
          await bench.raw(`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
        )
      }
      const unauthorized = await each(
        [
          (text: string) => `${text}&SdkAppid=${APP}`,
          (text: string) => text.replace('SdkAppid=', 'SdkAppid[]='),
          (text: string) => text.replace('SdkAppid=', 'sdkappid='),
          (text: string) => text.replace(`SdkAppid=${APP}`, `SdkAppid=0${APP}`),
          (text: string) => text.replace(`SdkAppid=${APP}`, `SdkAppid=${'9'.repeat(400)}`),
          (text: string) => `${text}&Sign=${'0'.repeat(64)}`,
          (text: string) => `${text}&RequestTime=${now()}`,
          () => '',
        ],
        (change) => refused(bench, 403, () => ask(other(change))),
      )
      const malformed = await each(
        [
          (text: string) => `${text}&CallbackCommand=Group.CallbackAfterCreateGroup`,
          (text: string) => text.replace(/CallbackCommand=[^&]*/, 'CallbackCommand='),
          (text: string) => text.replace('CallbackCommand=', 'callbackcommand='),
        ],
        (change) => refused(bench, 400, () => ask(other(change))),
      )
      return unauthorized ?? malformed
    },
  },
  {
    fault: 'F49',
    what: 'commands that nobody knows are stored as such',
    attack: (bench) =>
      each(['Foo.Bar', '../../etc/passwd', 'Group.CallbackAfterGroupDestroyed ', '<script>'], (command) =>
        stored(bench, 'unknown', () => bench.post({ command, body: { EventTime: Date.now(), command } })),
      ),
  },
  {
    fault: 'F56',
    what: 'other methods and other paths',
    attack: async (bench) => {
      const { href } = bench.url()
      const ask = async (url: string, method: string) => {
        const answer = await fetch(url, { method })
        return { status: answer.status, text: await answer.text() }
      }
      const methods = await each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'], (method) => refused(bench, 405, () => ask(href, method)))
      const paths = await each(['/', '/callback/x', '/callback%2f', '//callback', '/metrics'], (path) =>
        refused(bench, 404, () => ask(`${new URL(href).origin}${path}`, 'POST')),
      )
      return methods ?? paths
    },
  },
  {
    fault: 'F57',
    what: 'made-up commands and apps make no series',
    attack: async (bench) => {
      const series = async () => {
        const text = await (await fetch(`${bench.served.adminUrl}/metrics`, { headers: { authorization: 'Bearer admin-token' } })).text()
        return text.split('\n').filter((line) => line.startsWith('callboard_callbacks')).length
      }
      await bench.post({ app: 1 })
      await bench.post({ command: 'Made.Up', body: { a: 1 } })
      const before = await series()
      for (let n = 0; n < 200; n += 1) await bench.post({ command: `Made.Up${n}`, app: n % 2 ? APP : n, body: { n } })
      return (await series()) === before ? undefined : 'there are more series'
    },
  },
  {
    fault: 'F60',
    what: 'another app',
    attack: (bench) =>
      each([0, 1, APP + 1, -APP, `${APP}.0`, `${APP} `, '١٤٠٠٠٠٠٠٠٠'], (app) => refused(bench, 403, () => bench.post({ app }))),
  },
  {
    fault: 'F61',
    what: 'signatures that are none',
    attack: async (bench) => {
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
      const complaint = await each(wrong, (sign) => refused(bench, 403, () => bench.post({ sign, requestTime: now() })))
      const upper = await stored(bench, 'accepted', () => bench.post({ sign: signOf(TOKENS[0], now()).toUpperCase(), requestTime: now() }))
      return complaint ?? upper
    },
  },
  {
    fault: 'F62',
    what: 'times outside of the window, or that are no times, rightly signed',
    attack: (bench) =>
      each([now() - 62, now() + 63, now() * 1_000, `${now()}.5`, `-${now()}`, '1e9', `0${now()}`, '9'.repeat(20), ' '], (time) =>
        refused(bench, 403, () => bench.post({ requestTime: time, sign: signOf(TOKENS[0], time) })),
      ),
  },
  {
    fault: 'F63',
    what: 'the same request sent again changes nothing',
    attack: async (bench) => {
      const again = { body: JSON.stringify(aBody()), requestTime: now() }
      const first = await stored(bench, 'accepted', () => bench.post(again))
      const before = (await bench.journal.stats()).events
      for (let n = 0; n < 20; n += 1) await bench.post(again)
      return first ?? ((await bench.journal.stats()).events === before ? undefined : 'it was stored again')
    },
  },
  {
    fault: 'F64',
    what: 'a token that was taken away',
    attack: async (bench) => {
      const both = await each(TOKENS, (token) => stored(bench, 'accepted', () => bench.post({ token })))
      bench.served.callboard.setApps([{ sdkAppId: APP, tokens: [TOKENS[1]] }])
      const old = await refused(bench, 403, () => bench.post({ token: TOKENS[0] }))
      bench.served.callboard.setApps([{ sdkAppId: APP, tokens: TOKENS }])
      return both ?? old
    },
  },
  {
    fault: 'F67',
    what: 'an address that only claims to be on the list',
    attack: async () => {
      const guarded = await another({ allow: ['10.0.0.0/8'] })
      try {
        return await each(['10.0.0.1', '10.0.0.1, 10.0.0.2', '::ffff:10.0.0.1'], (address) =>
          refused(guarded, 403, () =>
            guarded.post({ headers: { 'x-forwarded-for': address, 'x-real-ip': address, forwarded: `for=${address}` } }),
          ),
        )
      } finally {
        await guarded.close()
      }
    },
  },
]

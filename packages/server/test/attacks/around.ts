import { request } from 'node:http'
import { webhook } from '@callboard/sinks'
import { read } from '../config/place.ts'
import { receiver } from '../program.ts'
import { ADMIN_TOKEN, type Attack, bench as another, eachCounted as each } from './bench.ts'

const ROUTES = [
  ['GET', '/metrics'],
  ['GET', '/v1/sinks'],
  ['GET', '/v1/journal'],
  ['POST', '/v1/dead/replay'],
  ['POST', '/v1/dead/discard'],
  ['POST', '/v1/dead/reprocess'],
  ['POST', '/v1/journal/prune'],
  ['POST', '/v1/sinks/crm/resume'],
  ['POST', '/v1/sinks/crm/test'],
] as const

/** Asks the admin listener with headers that fetch would not send. */
const askAdmin = (url: string, method: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject)
    sent.end(method === 'POST' ? '{}' : undefined)
  })

/** Every spelling of an address that is not public, with the port of a server that must not be reached. */
const spellings = (port: string): readonly string[] =>
  [
    '127.0.0.1',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '017700000001',
    '0',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '127.0.0.1.',
    '①②⑦.⓪.⓪.①',
  ].map((host) => `http://${host}:${port}/hook`)

/** How a configuration names a variable. */
const reference = (name: string): string => `\${env:${name}}`

const METADATA = [
  'http://169.254.169.254/',
  'http://100.100.100.200/',
  'http://169.254.0.23/',
  'http://[fd00:ec2::254]/',
  'http://[fe80::1]/',
]

/** What goes out, who may ask the admin listener, and what stands in a configuration. */
export const aroundAttacks: readonly Attack[] = [
  {
    fault: 'F70',
    what: 'webhooks to addresses that are not public, in every spelling',
    attack: async () => {
      const inside = await receiver()
      const urls = [...spellings(new URL(inside.url).port), ...METADATA]
      const sinks = Object.fromEntries(urls.map((url, n) => [`s${n}`, webhook({ url, unsigned: true, timeout: '2s' })]))
      const server = await another({ sinks, routes: {} })
      try {
        const complaint = await each(Object.keys(sinks), async (name) => {
          const tried = await server.served.callboard.testSink(name)
          return tried?.outcome === 'delivered' || !/blocked_address/.test(tried?.error ?? '')
            ? `${tried?.outcome}: ${tried?.error}`
            : undefined
        })
        return complaint ?? (inside.got.length === 0 ? undefined : 'the server inside was reached')
      } finally {
        await server.close()
        await inside.close()
      }
    },
  },
  {
    fault: 'F70',
    what: 'link-local and metadata addresses, though all the world is allowed',
    attack: async () => {
      const sinks = Object.fromEntries(
        METADATA.map((url, n) => [`s${n}`, webhook({ url, unsigned: true, timeout: '2s', allow: ['0.0.0.0/0', '::/0'] })]),
      )
      const server = await another({ sinks, routes: {} })
      try {
        return await each(Object.keys(sinks), async (name) => {
          const tried = await server.served.callboard.testSink(name)
          return /blocked_address/.test(tried?.error ?? '') ? undefined : `${tried?.outcome}: ${tried?.error}`
        })
      } finally {
        await server.close()
      }
    },
  },
  {
    fault: 'F71',
    what: 'a proxy that only the environment names',
    attack: async (bench) => {
      const proxy = await receiver()
      const before = { ...process.env }
      Object.assign(process.env, { HTTP_PROXY: proxy.url, http_proxy: proxy.url, ALL_PROXY: proxy.url })
      try {
        await bench.post()
        await bench.served.callboard.idle()
        return proxy.got.length === 0 ? undefined : 'the proxy was asked'
      } finally {
        process.env = before
        await proxy.close()
      }
    },
  },
  {
    fault: 'F74',
    what: 'the admin listener without its token, or with another',
    attack: ({ served }) =>
      each(ROUTES, ([method, path]) =>
        each(['', 'Bearer wrong', `Bearer ${ADMIN_TOKEN}x`, `Basic ${ADMIN_TOKEN}`, ADMIN_TOKEN.toUpperCase()], async (authorization) => {
          const status = await askAdmin(`${served.adminUrl}${path}`, method, { authorization, 'content-type': 'application/json' })
          return status === 401 ? undefined : `answered ${status}`
        }),
      ),
  },
  {
    fault: 'F75',
    what: 'the admin listener by a foreign name, and from a foreign page',
    attack: async ({ served }) => {
      const authorization = `Bearer ${ADMIN_TOKEN}`
      const names = await each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example'], async (host) => {
        const status = await askAdmin(`${served.adminUrl}/v1/sinks`, 'GET', { host, authorization })
        return status === 403 || status === 400 ? undefined : `answered ${status}`
      })
      const posts = ROUTES.filter(([method]) => method === 'POST')
      const pages = await each(posts, ([method, path]) =>
        each([{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }], async (headers) => {
          const all = Object.fromEntries(Object.entries({ ...headers, authorization, 'content-type': 'application/json' }))
          const status = await askAdmin(`${served.adminUrl}${path}`, method, all)
          return status === 403 ? undefined : `answered ${status}`
        }),
      )
      const forms = await each(posts, async ([method, path]) => {
        const status = await askAdmin(`${served.adminUrl}${path}`, method, { authorization, 'content-type': 'text/plain' })
        return status === 415 ? undefined : `answered ${status}`
      })
      return names ?? pages ?? forms
    },
  },
  {
    fault: 'F68',
    what: 'a configuration without a token',
    attack: async () => {
      const silent = await read('apps: [{ sdkAppId: 1 }]\n')
      const aloud = await read('apps: [{ sdkAppId: 1, verify: none }]\nlisten: { host: 0.0.0.0 }\n')
      if (!silent.problems.some(({ level }) => level === 'error')) return 'taken without a word'
      return aloud.problems.some(({ level, message }) => level === 'warning' && /verify: none/.test(message)) ? undefined : 'not warned of'
    },
  },
  {
    fault: 'F97',
    what: 'values of the environment that look like YAML',
    attack: () =>
      each(['a\nsinks: { x: { use: log } }', '{ a: b }', '- "x', reference('OTHER'), '*alias', '#x'], async (value) => {
        const { settings } = await read(`apps: [{ sdkAppId: 1, tokens: ["${reference('VALUE')}"] }]\n`, { VALUE: value, OTHER: 'other' })
        const token = settings?.apps[0]?.tokens?.[0]
        return token === value && Object.keys(settings?.sinks ?? {}).length === 0 ? undefined : `read as ${token}`
      }),
  },
  {
    fault: 'F98',
    what: 'aliases that multiply, and that contain themselves',
    attack: async () => {
      const bomb = Array.from(
        { length: 12 },
        (_, n) =>
          `a${n}: &a${n} [${
            n === 0
              ? '"x"'
              : Array(10)
                  .fill(`*a${n - 1}`)
                  .join(', ')
          }]`,
      ).join('\n')
      const from = performance.now()
      const { problems } = await read(`${bomb}\n`)
      if (performance.now() - from > 5_000) return 'it took more than five seconds'
      return problems.some(({ level }) => level === 'error') ? undefined : 'taken'
    },
  },
]

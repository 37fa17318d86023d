import { request } from 'node:http'
import { webhook } from '@callboard/sinks'
import { read } from '../config/config-fixture.ts'
import { receiver } from '../program.ts'
import { ADMIN_TOKEN, type Attack, firstProblemCounted, startTarget } from './attack-target.ts'

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

/** Sends a request with headers that `fetch` does not allow. */
const askAdmin = (url: string, method: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject)
    sent.end(method === 'POST' ? '{}' : undefined)
  })

/** Spellings of private addresses, with the port of a server that must not be reached. */
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

/** A reference to an environment variable, as it stands in a configuration. */
const reference = (name: string): string => `\${env:${name}}`

const METADATA = [
  'http://169.254.169.254/',
  'http://100.100.100.200/',
  'http://169.254.0.23/',
  'http://[fd00:ec2::254]/',
  'http://[fe80::1]/',
]

/** Attacks by webhook targets, the admin listener and the configuration. */
export const otherAttacks: readonly Attack[] = [
  {
    title: 'a webhook to a private address in any spelling is blocked [F70]',
    attack: async () => {
      const inside = await receiver()
      const urls = [...spellings(new URL(inside.url).port), ...METADATA]
      const sinks = Object.fromEntries(urls.map((url, n) => [`s${n}`, webhook({ url, unsigned: true, timeout: '2s' })]))
      const server = await startTarget({ sinks, routes: {} })
      try {
        const problem = await firstProblemCounted(Object.keys(sinks), async (name) => {
          const tried = await server.served.callboard.testSink(name)
          return tried?.outcome === 'delivered' || !/blocked_address/.test(tried?.error ?? '')
            ? `${tried?.outcome}: ${tried?.error}`
            : undefined
        })
        return problem ?? (inside.got.length === 0 ? undefined : 'the server inside was reached')
      } finally {
        await server.close()
        await inside.close()
      }
    },
  },
  {
    title: 'a webhook to a link-local or metadata address is blocked even where `allow` has every address [F70]',
    attack: async () => {
      const sinks = Object.fromEntries(
        METADATA.map((url, n) => [`s${n}`, webhook({ url, unsigned: true, timeout: '2s', allow: ['0.0.0.0/0', '::/0'] })]),
      )
      const server = await startTarget({ sinks, routes: {} })
      try {
        return await firstProblemCounted(Object.keys(sinks), async (name) => {
          const tried = await server.served.callboard.testSink(name)
          return /blocked_address/.test(tried?.error ?? '') ? undefined : `${tried?.outcome}: ${tried?.error}`
        })
      } finally {
        await server.close()
      }
    },
  },
  {
    title: 'a proxy from environment variables is not used [F71]',
    attack: async (target) => {
      const proxy = await receiver()
      const before = { ...process.env }
      Object.assign(process.env, { HTTP_PROXY: proxy.url, http_proxy: proxy.url, ALL_PROXY: proxy.url })
      try {
        await target.post()
        await target.served.callboard.idle()
        return proxy.got.length === 0 ? undefined : 'the proxy was asked'
      } finally {
        process.env = before
        await proxy.close()
      }
    },
  },
  {
    title: 'the admin listener refuses a missing or wrong token [F74]',
    attack: ({ served }) =>
      firstProblemCounted(ROUTES, ([method, path]) =>
        firstProblemCounted(
          ['', 'Bearer wrong', `Bearer ${ADMIN_TOKEN}x`, `Basic ${ADMIN_TOKEN}`, ADMIN_TOKEN.toUpperCase()],
          async (authorization) => {
            const status = await askAdmin(`${served.adminUrl}${path}`, method, { authorization, 'content-type': 'application/json' })
            return status === 401 ? undefined : `answered ${status}`
          },
        ),
      ),
  },
  {
    title: 'the admin listener refuses a foreign Host, Origin or content type [F75]',
    attack: async ({ served }) => {
      const authorization = `Bearer ${ADMIN_TOKEN}`
      const names = await firstProblemCounted(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example'], async (host) => {
        const status = await askAdmin(`${served.adminUrl}/v1/sinks`, 'GET', { host, authorization })
        return status === 403 || status === 400 ? undefined : `answered ${status}`
      })
      const posts = ROUTES.filter(([method]) => method === 'POST')
      const pages = await firstProblemCounted(posts, ([method, path]) =>
        firstProblemCounted(
          [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }],
          async (headers) => {
            const all = Object.fromEntries(Object.entries({ ...headers, authorization, 'content-type': 'application/json' }))
            const status = await askAdmin(`${served.adminUrl}${path}`, method, all)
            return status === 403 ? undefined : `answered ${status}`
          },
        ),
      )
      const forms = await firstProblemCounted(posts, async ([method, path]) => {
        const status = await askAdmin(`${served.adminUrl}${path}`, method, { authorization, 'content-type': 'text/plain' })
        return status === 415 ? undefined : `answered ${status}`
      })
      return names ?? pages ?? forms
    },
  },
  {
    title: 'a configuration without a token is an error, and `verify: none` a warning [F68]',
    attack: async () => {
      const silent = await read('apps: [{ sdkAppId: 1 }]\n')
      const aloud = await read('apps: [{ sdkAppId: 1, verify: none }]\nlisten: { host: 0.0.0.0 }\n')
      if (!silent.problems.some(({ level }) => level === 'error')) return 'taken without a word'
      return aloud.problems.some(({ level, message }) => level === 'warning' && /verify: none/.test(message)) ? undefined : 'not warned of'
    },
  },
  {
    title: 'environment values that look like YAML stay text [F97]',
    attack: () =>
      firstProblemCounted(['a\nsinks: { x: { use: log } }', '{ a: b }', '- "x', reference('OTHER'), '*alias', '#x'], async (value) => {
        const { settings } = await read(`apps: [{ sdkAppId: 1, tokens: ["${reference('VALUE')}"] }]\n`, { VALUE: value, OTHER: 'other' })
        const token = settings?.apps[0]?.tokens?.[0]
        return token === value && Object.keys(settings?.sinks ?? {}).length === 0 ? undefined : `read as ${token}`
      }),
  },
  {
    title: 'a YAML alias bomb is refused [F98]',
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

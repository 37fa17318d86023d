// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references in a configuration.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isObject } from '@callboard/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import { parse } from 'yaml'
import { parts } from '../../src/config/schema/codecs.ts'
import { configSchema } from '../../src/config/schema/json-schema.ts'
import { runProgram, tempDirectory } from '../program.ts'
import { read } from './config-fixture.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const isValid = new Ajv2020({ strict: true, strictTypes: false }).compile(configSchema())
const accepts = (text: string): boolean => isValid(parse(text))

const examples = readdirSync(`${root}examples`, { withFileTypes: true }).filter((entry) => entry.isDirectory())
/** Returns the YAML blocks of a document. */
const blocksIn = (file: string): readonly string[] =>
  [...readFileSync(`${root}${file}`, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, no less').toString('base64')}`

/** A configuration with every key. */
const complete = {
  apps: [{ sdkAppId: 1400000000, tokens: ['a', '${env:T:-b}'] }],
  listen: {
    host: '127.0.0.1',
    port: '${env:P:-8080}',
    path: '/callback',
    tls: { cert: 'c', key: 'k', ca: 'a' },
    allow: ['10.0.0.0/8'],
    proxies: [],
  },
  admin: { host: '127.0.0.1', port: 9090, token: 't', hosts: ['ops.example.com'] },
  journal: { use: 'sqlite', path: 'x.db' },
  plugins: ['@callboard/plugin-rtc', './speech.ts'],
  sinks: {
    log: { use: 'log', format: 'pretty', level: 'warn', order: false, concurrency: 2, timeout: '3s', retry: '1s 2s' },
    file: { use: 'file', path: './{date}.jsonl', rotate: { size: '1MiB', keep: 3 } },
    daily: { use: 'file', path: './x.jsonl', rotate: { every: 'day' } },
    hook: { use: 'webhook', url: 'https://x.example', secret: SECRET, headers: { 'x-team': 'im' }, format: 'raw', allow: ['10.0.0.0/8'] },
    hooks: { use: 'webhook', url: '${env:U:-https://x.example}', secret: [SECRET, SECRET] },
    open: { use: 'webhook', url: 'https://x.example', unsigned: true },
    bus: { use: './bus.ts', topic: 't', timeout: 100 },
  },
  routes: { 'Live.CallbackAfterCreateRoom': ['log', 'bus'], '*': ['file'] },
  decisions: {
    'Live.CallbackBeforeSendGift': { use: 'webhook', url: 'https://x.example', unsigned: true, deadline: '1s', fallback: 'refuse' },
    'Group.CallbackBeforeSendMsg': { use: './moderate.ts', deadline: 900 },
  },
  limits: { body: '1MiB', depth: 64, values: 10, queue: 1000 },
  retention: { delivered: '7d', dead: '30d', size: '10GiB' },
}

type Step = string | number
/** Returns the paths of a value and of everything inside it. */
const pathsIn = (value: unknown, path: readonly Step[] = []): readonly (readonly Step[])[] => {
  const inside: readonly (readonly [Step, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : isObject(value)
      ? Object.entries(value)
      : []
  return [path, ...inside.flatMap(([step, each]) => pathsIn(each, [...path, step]))]
}
/** Returns a copy with another value at a path. */
const replaceAt = (value: unknown, [step, ...rest]: readonly Step[], other: unknown): unknown => {
  if (step === undefined) return other
  if (Array.isArray(value)) return value.map((each, place) => (place === step ? replaceAt(each, rest, other) : each))
  return isObject(value) ? { ...value, [step]: replaceAt(value[step], rest, other) } : value
}

/** The other parts without which a part has problems. */
const NEEDED: Readonly<Record<string, readonly (keyof typeof complete)[]>> = {
  routes: ['plugins', 'sinks'],
  decisions: ['plugins'],
}
/** Returns a small configuration without problems that has the value at a path. It is read much faster than the complete one. */
const smallest = ([part, name]: readonly Step[]): unknown => {
  const keys: readonly (string | undefined)[] = part === undefined ? Object.keys(complete) : ['apps', String(part), ...(NEEDED[part] ?? [])]
  const small = Object.fromEntries(Object.entries(complete).filter(([key]) => keys.includes(key)))
  const sink = Object.entries(complete.sinks).filter(([each]) => each === name)
  return part === 'sinks' && name !== undefined ? { ...small, sinks: Object.fromEntries(sink) } : small
}

describe('the schema of a configuration', () => {
  it('accepts the examples, the README, the output of `init`, and a configuration with every key', async () => {
    for (const { name } of examples) {
      const file = `${root}examples/${name}/callboard.yaml`
      if (readdirSync(`${root}examples/${name}`).includes('callboard.yaml'))
        expect(accepts(readFileSync(file, 'utf8')), file).to.equal(true)
    }
    const [inReadme = ''] = blocksIn('README.md')
    expect(accepts(inReadme)).to.equal(true)
    const { dir, remove } = await tempDirectory()
    await runProgram(['init'], { cwd: dir })
    expect(accepts(readFileSync(`${dir}/callboard.yaml`, 'utf8'))).to.equal(true)
    await remove()
    expect(isValid(complete), JSON.stringify(isValid.errors)).to.equal(true)
    expect(accepts(`apps: [{ sdkAppId: 1, verify: none }]\n${Object.keys(parts).slice(1).join(':\n')}:\n`)).to.equal(true)
  })

  it('accepts every value that `check` accepts, at every path', async () => {
    const others = [
      null,
      true,
      false,
      0,
      -1,
      1.5,
      70_000,
      '',
      'x',
      '7',
      '1s',
      '1KiB',
      '/',
      '10.0.0.0/8',
      '${env:X:-5}',
      [],
      ['x'],
      {},
      { use: 'log' },
    ]
    // JSON is YAML.
    expect((await read(JSON.stringify(complete))).problems).to.deep.equal([])
    const wrong: string[] = []
    for (const path of pathsIn(complete)) {
      const small = smallest(path)
      expect((await read(JSON.stringify(small))).problems, path.join('.')).to.deep.equal([])
      for (const other of others) {
        const changed = replaceAt(small, path, other)
        if (isValid(changed)) continue
        const { problems } = await read(JSON.stringify(changed))
        if (problems.every(({ level }) => level === 'warning')) wrong.push(`${path.join('.')}: ${JSON.stringify(other)}`)
      }
    }
    expect(wrong).to.deep.equal([])
  })

  const app = 'apps: [{ sdkAppId: 1, tokens: [t] }]\n'
  for (const [what, text] of [
    ['a configuration without apps', 'listen: {}\n'],
    ['an unknown top-level key', `${app}sinkz: {}\n`],
    ['an unknown key', `${app}listen: { prt: 80 }\n`],
    ['an invalid port', `${app}listen: { port: 65536 }\n`],
    ['a path without a slash', `${app}listen: { path: callback }\n`],
    ['half of a certificate', `${app}listen: { tls: { cert: a } }\n`],
    ['an unknown journal', `${app}journal: { use: postgres }\n`],
    ['a path for the in-memory journal', `${app}journal: { use: memory, path: x }\n`],
    ['a mapping where a list belongs', `${app}plugins: { a: b }\n`],
    ['a list where a mapping belongs', `${app}sinks: [log]\n`],
    ['a sink without `use`', `${app}sinks: { a: {} }\n`],
    ['a missing option of a sink', `${app}sinks: { a: { use: file } }\n`],
    ['an unknown option of a sink', `${app}sinks: { a: { use: log, formt: json } }\n`],
    ['an invalid delivery option', `${app}sinks: { a: { use: ./mine.js, timeout: soon } }\n`],
    ['an unknown format of a sink', `${app}sinks: { a: { use: log, format: xml } }\n`],
    ['a rotation size that is too small', `${app}sinks: { a: { use: file, path: x, rotate: { size: 10 } } }\n`],
    [
      'a header whose value is not text',
      `${app}sinks: { a: { use: webhook, url: "https://x.example", unsigned: true, headers: { a: 1 } } }\n`,
    ],
    ['an empty list of secrets', `${app}sinks: { a: { use: webhook, url: "https://x.example", secret: [] } }\n`],
    ['a route that is not a list', `${app}routes: { "*": log }\n`],
    ['a decision by webhook without a URL', `${app}decisions: { A.B: { use: webhook } }\n`],
    ['an unknown fallback', `${app}decisions: { A.B: { use: ./a.js, fallback: maybe } }\n`],
    ['a limit of zero', `${app}limits: { body: 0 }\n`],
    ['an invalid retention', `${app}retention: { dead: a week }\n`],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(accepts(text)).to.equal(false)
    })
  }

  it('is printed by `callboard config schema` without a configuration file', async () => {
    const { dir, remove } = await tempDirectory()
    const { code, out } = await runProgram(['config', 'schema'], { cwd: dir })
    expect(code).to.equal(0)
    expect(JSON.parse(out)).to.deep.equal(configSchema())
    await remove()
  })
})

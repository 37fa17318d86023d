import { createDispatcher, memory } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { median } from '../report/figures.ts'
import { APP } from './callbacks.ts'
import { check } from './check.ts'

const SIZE = 2 ** 20 - 1_024
const ROUNDS = 25
const MAX_RATIO = 3
const LAST_BRACE = /\}$/

/** Returns a body of 1 MiB: as many parts as fit, at most `max`, and then a long string. */
const filled = (open: string, part: (n: number) => string, close: string, max = Number.POSITIVE_INFINITY): string => {
  const parts: string[] = []
  for (let length = open.length + close.length, n = 0; length < SIZE && n < max; n += 1) {
    const next = `${n === 0 ? '' : ','}${part(n)}`
    length += next.length
    parts.push(next)
  }
  if (parts.length < max) parts.pop()
  const body = `${open}${parts.join('')}`
  return `${body}${close.replace(LAST_BRACE, `,"Y":"${'y'.repeat(Math.max(0, SIZE - body.length - 10))}"}`)}`
}

const { CallbackCommand: _, MemberList: __, ...sample } = groupDestroyed.sample
const head = JSON.stringify(sample).slice(0, -1)
/** The default limit is 100 000 values. The beginning of the body has some, too. */
const VALUES = 99_000
const DEPTH = 60

/** Bodies of 1 MiB. They stay just within the limits, or exceed one of them. */
const bodies: Readonly<Record<string, string>> = {
  'valid, only members': filled(`${head},"MemberList":[`, (n) => `{"Member_Account":"user${n}"}`, ']}'),
  'members without an account': filled(`${head},"MemberList":[`, () => '{}', ']}', VALUES),
  'numbers instead of members': filled(`${head},"MemberList":[`, (n) => String(n), ']}', VALUES),
  'more values than the limit': filled(`${head},"X":[`, () => '{}', ']}'),
  'as many keys as fit': filled('{', (n) => `"k${n}":0`, '}'),
  'as many different keys as the limit allows': filled(`${head},"X":[`, (n) => `{"k${n % 4_000}":0}`, ']}', VALUES / 2),
  'deep nesting': `${'{"a":'.repeat(SIZE / 6)}0${'}'.repeat(SIZE / 6)}`,
  'repeated nesting up to the limit': filled(`${head},"X":[`, () => `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`, ']}', VALUES / DEPTH),
  'one long string of escapes': `${head},"X":"${'\\u0041'.repeat(SIZE / 6 - 50)}"}`,
  'numbers of many digits': filled(`${head},"X":[`, (n) => `${n}12345678901234567`, ']}', VALUES),
}

/** Compares the cost of 1 MiB of hostile JSON in core with 1 MiB of valid JSON, in turns. */
export const soakHostile = async (): Promise<void> => {
  const dispatcher = await createDispatcher({
    apps: [{ sdkAppId: APP, verify: 'none' }],
    plugins: [groupDestroyed],
    sinks: {},
    routes: {},
    journal: { ...memory(), append: async (batch) => batch.map(({ id }) => ({ type: 'recorded', id })) },
  })
  const query = new URLSearchParams({ SdkAppid: String(APP), CallbackCommand: groupDestroyed.command }).toString()
  const cost = async (text: string): Promise<number> => {
    const raw = Buffer.from(text)
    const from = process.cpuUsage()
    await dispatcher.handle({ query, admitted: true, headAt: performance.now(), length: raw.length, readBody: async () => ({ raw }) })
    const { user, system } = process.cpuUsage(from)
    return (user + system) / 1_000
  }
  const costs = new Map(Object.keys(bodies).map((name) => [name, [] as number[]]))
  for (let round = 0; round < ROUNDS; round += 1) for (const [name, text] of Object.entries(bodies)) costs.get(name)?.push(await cost(text))
  await dispatcher.stop()
  const [valid = Number.NaN, ...hostile] = [...costs.values()].map(median)
  console.log(`a valid body of 1 MiB costs ${valid.toFixed(1)} ms`)
  for (const [index, name] of Object.keys(bodies).slice(1).entries()) {
    const times = (hostile[index] ?? Number.NaN) / valid
    check(`${name} costs at most 3 times as much`, `${times.toFixed(1)} times`, times <= MAX_RATIO)
  }
}

import { createDispatcher, memory } from '@callboard/core'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { median } from '../load.ts'
import { APP } from './place.ts'
import { verdict } from './verdict.ts'

const SIZE = 2 ** 20 - 1_024
const ROUNDS = 25
const MOST_TIMES = 3
const LAST_BRACE = /\}$/

/** As many parts as go into a MiB, or fewer where a bound on what is in them is reached, and then a text that fills it. */
const filled = (open: string, part: (n: number) => string, close: string, most = Number.POSITIVE_INFINITY): string => {
  const parts: string[] = []
  for (let length = open.length + close.length, n = 0; length < SIZE && n < most; n += 1) {
    const next = `${n === 0 ? '' : ','}${part(n)}`
    length += next.length
    parts.push(next)
  }
  if (parts.length < most) parts.pop()
  const body = `${open}${parts.join('')}`
  return `${body}${close.replace(LAST_BRACE, `,"Y":"${'y'.repeat(Math.max(0, SIZE - body.length - 10))}"}`)}`
}

const { CallbackCommand: _, MemberList: __, ...sample } = groupDestroyed.sample
const head = JSON.stringify(sample).slice(0, -1)
// The default is 100 000; the head has some as well.
const VALUES = 99_000
const DEEP = 60

/** Bodies of one MiB: they stay within the limits as far as they can, or are what the limits are for. */
const bodies: Readonly<Record<string, string>> = {
  'a right one, all members': filled(`${head},"MemberList":[`, (n) => `{"Member_Account":"user${n}"}`, ']}'),
  'members that are none': filled(`${head},"MemberList":[`, () => '{}', ']}', VALUES),
  'numbers for members': filled(`${head},"MemberList":[`, (n) => String(n), ']}', VALUES),
  'more values than may be': filled(`${head},"X":[`, () => '{}', ']}'),
  'as many keys as go in': filled('{', (n) => `"k${n}":0`, '}'),
  'as many different keys as may be': filled(`${head},"X":[`, (n) => `{"k${n % 4_000}":0}`, ']}', VALUES / 2),
  'deep nesting': `${'{"a":'.repeat(SIZE / 6)}0${'}'.repeat(SIZE / 6)}`,
  'nesting up to the limit, again and again': filled(`${head},"X":[`, () => `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`, ']}', VALUES / DEEP),
  'one long text of escapes': `${head},"X":"${'\\u0041'.repeat(SIZE / 6 - 50)}"}`,
  'numbers of many digits': filled(`${head},"X":[`, (n) => `${n}12345678901234567`, ']}', VALUES),
}

/** What one MiB of hostile JSON costs against one MiB that is right, the whole way through core, in turns. */
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
  const [right = Number.NaN, ...hostile] = [...costs.values()].map(median)
  console.log(`a right body of 1 MiB costs ${right.toFixed(1)} ms`)
  for (const [place, name] of Object.keys(bodies).slice(1).entries()) {
    const times = (hostile[place] ?? Number.NaN) / right
    verdict(`at most 3 times as much: ${name}`, `${times.toFixed(1)} times`, times <= MOST_TIMES)
  }
}

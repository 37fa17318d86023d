import { expect } from 'chai'
import { lines, read } from './config-fixture.ts'

const app = 'apps: [{ sdkAppId: 1, tokens: ["t"] }]\n'

/** Each option that takes address ranges, with this text as its only range. */
const places: Readonly<Record<string, (range: string) => string>> = {
  'listen.allow': (range) => `listen: { allow: [${JSON.stringify(range)}] }\n`,
  'listen.proxies': (range) => `listen: { proxies: [${JSON.stringify(range)}] }\n`,
  'allow of a webhook sink': (range) =>
    `sinks: { crm: { use: webhook, url: "https://crm.example.com/", unsigned: true, allow: [${JSON.stringify(range)}] } }\n`,
}

const accepted = [
  '10.0.0.0/8',
  '10.1.2.3',
  '0.0.0.0/0',
  '192.168.1.1/32',
  '::1',
  '::/0',
  'fd00::/8',
  '2001:db8::1/128',
  '::ffff:10.0.0.0/104',
  'FD00::1',
]
const refused = [
  '',
  'everything',
  'localhost',
  '10',
  '10.0.0',
  '10.0.0/24',
  '10.0.0.0.0',
  '010.0.0.0/8',
  '10.0.0.01',
  '0x0a.0.0.0/8',
  '167772160',
  '256.0.0.1',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.0/-1',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/255.0.0.0',
  ' 10.0.0.0/8',
  '10.0.0.0/8 ',
  '::/129',
  ':::',
  'fe80::1%eth0',
  'fe80::%1/64',
  '::ffff:010.0.0.1',
  '[::1]',
]

describe('address ranges in a configuration', () => {
  for (const [place, config] of Object.entries(places)) {
    const problems = async (range: string) => lines(await read(app + config(range))).filter((line) => line.includes('address range'))

    for (const range of accepted) {
      it(`${place} accepts ${JSON.stringify(range)}`, async () => {
        expect(await problems(range)).to.deep.equal([])
      })
    }
    for (const range of refused) {
      it(`${place} refuses ${JSON.stringify(range)}`, async () => {
        expect((await problems(range)).map((line) => line.replace(/^\S+ /, ''))).to.deep.equal([
          'expected an address range such as 10.0.0.0/8',
        ])
      })
    }
  }
})

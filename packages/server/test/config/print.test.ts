import { expect } from 'chai'
import { parse } from 'yaml'
import { printConfig } from '../../src/config/print.ts'
import { lines, read } from './config-fixture.ts'

const canary = 'canary-77aa01'
const secret = `whsec_${Buffer.from(canary.repeat(2)).toString('base64')}`
const text = `apps:
  - { sdkAppId: 1, tokens: ["${canary}", "${canary}2"] }
admin: { token: "${canary}" }
plugins: [./speech.ts]
sinks:
  crm:
    use: webhook
    url: "https://crm.example.com/im?key=${canary}#${canary}"
    secret: ["${secret}"]
    headers: { authorization: "Bearer ${canary}", x-team: "${canary}" }
  file: { use: file, path: "/x/\${env:CANARY}.jsonl" }
  bus: { use: ./bus.ts, topic: im, broker: { url: "amqp://user:${canary}@host:5672/v", apiKey: "${canary}" } }
routes: { "*": [crm] }
retention: { dead: 2d, size: 10GiB }
decisions: { Group.CallbackBeforeSendMsg: { use: ./moderate.ts } }
`

describe('printing a configuration', () => {
  it('masks every secret, in any option and from any source [F77]', async () => {
    const loaded = await read(text, { CANARY: canary })
    expect(lines(loaded)).to.deep.equal([])
    const printed = printConfig(loaded)
    expect(printed).not.to.contain(canary)
    expect(printed).not.to.contain(secret.slice(6))
  })

  it('prints everything else, with defaults', async () => {
    const printed: unknown = parse(printConfig(await read(text, { CANARY: canary })))
    const deliveryOptions = { order: true, concurrency: 16, timeout: '15s', retry: '1s 5s 30s 2m 10m 30m 1h 3h 6h 12h 24h 24h' }
    expect(printed).to.deep.include({
      apps: [{ sdkAppId: 1, tokens: ['***', '***'] }],
      listen: { host: '127.0.0.1', port: 8080, path: '/callback' },
      admin: { host: '127.0.0.1', port: 9090, token: '***' },
      plugins: ['./speech.ts'],
      sinks: {
        crm: {
          use: 'webhook',
          url: 'https://crm.example.com/im?***#***',
          secret: ['***'],
          headers: { authorization: '***', 'x-team': '***' },
          ...deliveryOptions,
        },
        file: { use: 'file', path: '***', ...deliveryOptions, concurrency: 256 },
        bus: { use: './bus.ts', topic: 'im', broker: { url: 'amqp://***@host:5672/v', apiKey: '***' }, ...deliveryOptions, concurrency: 4 },
      },
      routes: { '*': ['crm'] },
      decisions: { 'Group.CallbackBeforeSendMsg': { use: './moderate.ts', deadline: '1500ms', fallback: 'allow' } },
      limits: { body: 1_048_576, depth: 64, values: 100_000, queue: 67_108_864 },
      retention: { delivered: '7d', dead: '2d', size: 10_737_418_240 },
    })
  })

  it('prints the URL of a deciding webhook and masks its secret', async () => {
    const decision = `{ use: webhook, url: "https://x.example/d?key=${canary}", secret: "${secret}", deadline: 1s, fallback: refuse }`
    const loaded = await read(
      `apps: [{ sdkAppId: 1, verify: none }]\nplugins: [./speech.ts]\ndecisions: { Group.CallbackBeforeSendMsg: ${decision} }\n`,
    )
    expect(lines(loaded)).to.deep.equal([])
    const printed: unknown = parse(printConfig(loaded))
    expect(printed).to.deep.include({
      decisions: {
        'Group.CallbackBeforeSendMsg': {
          use: 'webhook',
          url: 'https://x.example/d?***',
          secret: '***',
          deadline: '1s',
          fallback: 'refuse',
        },
      },
    })
  })
})

import { expect } from 'chai'
import { linesOf, receiver, runProgram, tempDirectory } from '../program.ts'

const yaml = (url: string, more = '') => `apps: [{ sdkAppId: 1, verify: none }]
sinks:
  log: { use: log }
  good: { use: webhook, url: "${url}?key=canary", unsigned: true, allow: [127.0.0.0/8] }
${more}routes: { "*": [log] }
`

describe('callboard check --online', () => {
  let good: Awaited<ReturnType<typeof receiver>>
  before(async () => {
    good = await receiver()
  })
  after(() => good.close())

  it('names the webhooks that can be reached, sends them nothing, and prints no secret', async () => {
    const { dir, remove } = await tempDirectory(yaml(good.url))
    const { code, out } = await runProgram(['check', '--online'], { cwd: dir })
    await remove()
    expect(code).to.equal(0)
    expect(out).to.contain(`sinks.good: ${new URL(good.url).origin} is reachable`)
    expect(out).not.to.contain('canary')
    expect(good.got).to.deep.equal([])
  })

  it('exits 69 and prints why a webhook cannot be reached', async () => {
    const bad = [
      '  closed: { use: webhook, url: "http://127.0.0.1:9/im", unsigned: true, allow: [127.0.0.0/8] }',
      '  inside: { use: webhook, url: "http://localhost/im", unsigned: true }',
      `  plain: { use: webhook, url: "${good.url.replace('http:', 'https:')}", unsigned: true, allow: [127.0.0.0/8] }`,
    ]
    const { dir, remove } = await tempDirectory(yaml(good.url, bad.map((line) => `${line}\n`).join('')))
    const { code, out } = await runProgram(['check', '--online', '--json'], { cwd: dir })
    await remove()
    expect(code).to.equal(69)
    const why = Object.fromEntries(linesOf(out).map((line) => [line.at, line.reason]))
    expect(why['sinks.good']).to.equal(null)
    expect(why['sinks.closed']).to.equal('connection refused')
    expect(why['sinks.inside']).to.match(/^blocked_address: behind localhost/)
    expect(why['sinks.plain']).to.match(/^tls: /)
  })
})

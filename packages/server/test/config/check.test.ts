import { join } from 'node:path'
import { expect } from 'chai'
import { checkConfig } from '../../src/config/load.ts'
import { readConfig } from '../../src/config/read.ts'
import { inDirectory, lines } from './config-fixture.ts'

const text = `apps: [{ sdkAppId: 1, tokens: ["t"] }]
sinks:
  metadata: { use: webhook, url: "http://169.254.169.254/", unsigned: true }
  inside: { use: webhook, url: "http://10.1.2.3/", unsigned: true }
  allowed: { use: webhook, url: "http://10.1.2.3/", unsigned: true, allow: [10.0.0.0/8] }
  named: { use: webhook, url: "https://crm.example.com/", unsigned: true }
routes: { "*": [metadata, lost] }
`

describe('checking a configuration', () => {
  it('reports a webhook at a blocked address as an error, where start only warns', async () => {
    await inDirectory({ 'callboard.yaml': text }, async (directory) => {
      const file = join(directory, 'callboard.yaml')
      const problems = lines({ problems: await checkConfig(file, {}) })
      expect(problems.map((line) => line.replace(/ is .*/, ''))).to.deep.equal([
        '3:34 blocked_address: 169.254.169.254',
        '4:32 blocked_address: 10.1.2.3',
        '7:27 no sink',
      ])
      const loaded = await readConfig(file, {})
      expect(loaded.problems).to.have.length(1)
      expect(loaded.blocked.map(({ line, level }) => [line, level])).to.deep.equal([
        [3, 'warning'],
        [4, 'warning'],
      ])
    })
  })
})

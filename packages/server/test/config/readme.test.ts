import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { fixtures, lines, read } from './place.ts'

// What the READMEs show of a configuration is one.

const yamlIn = (file: string): readonly string[] =>
  [...readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text = '']) => text,
  )

const env = { CALLBOARD_TOKEN: 'token', CRM_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }

describe('the configurations of the READMEs', () => {
  it('of the project loads, whole', async () => {
    const [whole = '', ...others] = yamlIn('README.md')
    expect(others).to.deep.equal([])
    const { plugins, sinks, decisions, problems } = await read(whole.replace('./moderate.js', `${fixtures}moderate.ts`), env)
    expect(lines({ problems })).to.deep.equal([])
    expect([plugins.length > 50, Object.keys(sinks), decisions.length]).to.deep.equal([true, ['log', 'audit', 'crm'], 1])
  })

  it('of the sinks are sinks', async () => {
    for (const text of yamlIn('packages/sinks/README.md')) {
      const { sinks, problems } = await read(`apps: [{ sdkAppId: 1, tokens: [t] }]\nsinks:\n${text.replace(/^/gm, '  ')}\n`)
      expect(lines({ problems })).to.deep.equal([])
      expect(Object.keys(sinks)).to.have.length(1)
    }
  })
})

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { fixtures, lines, read } from './config-fixture.ts'

// The YAML blocks of the READMEs are valid configurations.
const yamlIn = (file: string): readonly string[] =>
  [...readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text = '']) => text,
  )

const env = { CALLBOARD_TOKEN: 'token', CRM_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }

describe('configurations in READMEs', () => {
  it('the README of the project shows a valid configuration', async () => {
    const [text = '', ...others] = yamlIn('README.md')
    expect(others).to.deep.equal([])
    const { plugins, sinks, decisions, problems } = await read(text.replace('./moderate.js', `${fixtures}moderate.ts`), env)
    expect(lines({ problems })).to.deep.equal([])
    expect([plugins.length > 50, Object.keys(sinks), decisions.length]).to.deep.equal([true, ['log', 'audit', 'crm'], 1])
  })

  it('the README of the sinks shows valid sinks', async () => {
    for (const text of yamlIn('packages/sinks/README.md')) {
      const { sinks, problems } = await read(`apps: [{ sdkAppId: 1, tokens: [t] }]\nsinks:\n${text.replace(/^/gm, '  ')}\n`)
      expect(lines({ problems })).to.deep.equal([])
      expect(Object.keys(sinks)).to.have.length(1)
    }
  })
})

import { tmpdir } from 'node:os'
import { expect } from 'chai'
import { packageJson } from '../src/util/package-json.ts'
import { runProgram } from './program.ts'

const run = (...args: readonly string[]) => runProgram(args, { cwd: tmpdir() })

describe('the command line of the built program', () => {
  it('prints its version', async () => {
    const { code, out } = await run('--version')
    expect([code, out]).to.deep.equal([0, `${packageJson.version}\n`])
  })

  it('lists every command in its help, and suggests a command for a misspelt one', async () => {
    const help = await run('--help')
    expect(help.code).to.equal(0)
    for (const command of ['init', 'start', 'check', 'send', 'events', 'tail', 'dead', 'sinks', 'journal', 'plugins', 'new', 'config']) {
      expect(help.out, command).to.match(new RegExp(`^  ${command}\\b`, 'm'))
    }
    const wrong = await run('strat')
    expect(wrong.code).to.equal(64)
    expect(wrong.err).to.contain('Did you mean start?').and.to.contain('--help')
  })
})

import { tmpdir } from 'node:os'
import { expect } from 'chai'
import { packageJson } from '../src/util/package-json.ts'
import { runProgram } from './program.ts'

const run = (...args: readonly string[]) => runProgram(args, { cwd: tmpdir() })

describe('the command line of the real program', () => {
  it('prints its version', async () => {
    const { code, out } = await run('--version')
    expect([code, out]).to.deep.equal([0, `${packageJson.version}\n`])
  })

  it('says what there is when asked for help, and where to find it when it is wrong', async () => {
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

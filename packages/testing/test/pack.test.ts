import { delimiter, dirname } from 'node:path'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { plainEnv } from '../../../.ci/pack/environment.ts'
import { run } from '../../../.ci/pack/run.ts'

// `pnpm check:pack` runs the commands of a user with these helpers.

const node = dirname(process.execPath)
const failure = (args: readonly string[], within?: number): Promise<string> =>
  run('node', args, { cwd: import.meta.dirname, node, ...(within !== undefined && { within }) }).then(
    () => 'it did not fail',
    (error: unknown) => String(error),
  )

describe('a command of check:pack', () => {
  it('resolves with its standard output only', async () => {
    const printed = await run('node', ['-e', 'console.log(1); console.error(2)'], { cwd: import.meta.dirname, node })
    expect(printed).to.equal('1\n')
  })

  it('rejects with the exit code and the output when it fails', async () => {
    expect(await failure(['-e', 'console.log("out"); console.error("err"); process.exitCode = 3'])).to.match(
      /ended with 3\n(out\nerr|err\nout)$/,
    )
  })

  it('is killed with its child processes when it takes too long, and rejects with its last output', async () => {
    const waits = 'console.log(process.pid); setInterval(() => {}, 1_000)'
    const starts = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(waits)}], { stdio: 'inherit' })`
    const said = await failure(['-e', starts], 5)
    const [, pid = ''] = /had not ended after 5 s, and was ended\n(\d+)$/.exec(said) ?? []
    expect(pid, said).not.to.equal('')
    // The killed child may stay a zombie for a moment.
    const isGone = () => {
      try {
        process.kill(Number(pid), 0)
        return false
      } catch {
        return true
      }
    }
    await until(isGone)
  })

  it('rejects with its name when it is not installed', async () => {
    const said = await run('no-such-command', [], { cwd: import.meta.dirname }).catch(String)
    expect(said).to.match(/^Error: no-such-command, in .*, could not be started: spawn no-such-command ENOENT/)
  })

  it('does not see the commands and settings of this repository', () => {
    const before = process.env
    process.env = {
      PATH: ['./node_modules/.bin', '/repo/node_modules/.bin', '/npm/lib/node-gyp-bin', '/usr/bin', '/bin'].join(delimiter),
      npm_config_registry: 'https://registry.example.com/',
      npm_config_user_agent: 'pnpm',
      npm_config_noproxy: '',
      NODE_OPTIONS: '--conditions=x',
      HOME: '/home/stranger',
    }
    try {
      const own = { HOME: '/home/stranger', npm_config_registry: 'https://registry.example.com/' }
      expect(plainEnv()).to.deep.equal({ ...own, PATH: ['/usr/bin', '/bin'].join(delimiter) })
      expect(plainEnv('/node/bin')).to.deep.equal({ ...own, PATH: ['/node/bin', '/usr/bin', '/bin'].join(delimiter) })
    } finally {
      process.env = before
    }
  })
})

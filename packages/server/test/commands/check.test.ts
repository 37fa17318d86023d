import { expect } from 'chai'
import { linesOf, runProgram, tempDirectory } from '../program.ts'

const check = async (yaml: string, ...flags: readonly string[]) => {
  const { dir, remove } = await tempDirectory(yaml)
  try {
    return await runProgram(['check', ...flags], { cwd: dir })
  } finally {
    await remove()
  }
}

const sound = 'apps: [{ sdkAppId: 1, tokens: [t] }]\n'
const oneWarning = `${sound}routes: { Group.X: [] }\n`
const twoWarnings = `${sound}routes: { Group.X: [], Group.Y: [] }\n`
const wrong = `${twoWarnings}sinkz: {}\n`

describe('callboard check', () => {
  it('prints OK for a configuration without problems', async () => {
    expect(await check(sound)).to.deep.equal({ code: 0, out: 'callboard.yaml: OK\n', err: '' })
  })

  it('counts warnings apart from OK, and exits 0', async () => {
    const { code, out, err } = await check(twoWarnings)
    expect({ code, out }).to.deep.equal({ code: 0, out: 'callboard.yaml: OK, 2 warnings\n' })
    expect(err.match(/^callboard\.yaml:2:\d+: warning: /gm)).to.have.length(2)
    expect((await check(oneWarning)).out).to.equal('callboard.yaml: OK, 1 warning\n')
  })

  it('counts errors and warnings, prints no OK, and exits 78', async () => {
    const { code, out, err } = await check(wrong)
    expect({ code, out }).to.deep.equal({ code: 78, out: '' })
    expect(err).to.match(/^callboard\.yaml:3:1: unknown key "sinkz".*\ncallboard\.yaml: 1 error, 2 warnings\n$/m)
  })

  it('prints only the problems with --json, each with its level', async () => {
    const { code, out, err } = await check(wrong, '--json')
    expect({ code, err }).to.deep.equal({ code: 78, err: '' })
    expect(linesOf(out).map(({ line, level }) => [line, level])).to.deep.equal([
      [2, 'warning'],
      [2, 'warning'],
      [3, 'error'],
    ])
    expect(await check(sound, '--json')).to.deep.equal({ code: 0, out: '', err: '' })
  })
})

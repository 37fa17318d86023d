import { expect } from 'chai'
import { linesOf, runProgram, tempDirectory } from '../program.ts'

const yaml = `apps: [{ sdkAppId: 1, verify: none }]
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { log: { use: log }, crm: { use: log } }
routes: { "*": [log], Group.CallbackAfterGroupDestroyed: [crm, log] }
`

describe('callboard plugins', () => {
  it('lists the loaded plugins with their sinks, then the other built-in plugins', async () => {
    const { dir, remove } = await tempDirectory(yaml)
    try {
      const { code, out } = await runProgram(['plugins', '--json'], { cwd: dir })
      expect(code).to.equal(0)
      const [first, ...others] = linesOf(out)
      expect(first).to.deep.equal({
        command: 'Group.CallbackAfterGroupDestroyed',
        title: 'Group disbanded',
        phase: 'after',
        loaded: true,
        sinks: ['crm', 'log'],
      })
      expect(others).to.have.length(79)
      expect(others.every(({ loaded }) => loaded === false)).to.equal(true)
      expect(others.find(({ command }) => command === 'Live.CallbackBeforeSendGift')).to.deep.include({
        phase: 'before',
        answers: { codes: [102100, 102200], drop: false, fallback: 'refuse' },
      })
      const plain = (await runProgram(['plugins'], { cwd: dir })).out.split('\n')
      expect(plain[0]).to.equal('Group.CallbackAfterGroupDestroyed  Group disbanded -> crm, log')
      expect(plain).to.include(
        'Group.CallbackBeforeSendMsg  Before a group message is sent -> (not loaded)  (may be refused with 10100 to 10200, or dropped; fallback: allow)',
      )
    } finally {
      await remove()
    }
  })
})

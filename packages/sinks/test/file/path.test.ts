import { resolve, sep } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { fixedDirectory, pathOf, segmentOf, unknownPlaceholders } from '../../src/file/path-template.ts'

const HOSTILE = [
  '../../etc/x',
  '..',
  '.',
  '',
  '..\\x',
  '\u0000',
  'a\u0000b',
  '/abs',
  '.hidden',
  'a'.repeat(300),
  'caf\u00e9',
  'cafe\u0301',
  '%2e%2e',
  'a b',
  'a\nb',
  '{date}',
  '中文',
  '\ud800',
  '~',
  '*',
  '-'.repeat(101),
]
const at = Date.UTC(2026, 0, 1, 23, 59, 59, 999)

describe('the path of a line', () => {
  it("keeps the vendor's commands as they are", () => {
    for (const command of ['Group.CallbackAfterGroupDestroyed', 'Sns.CallbackPrevFriendAdd', 'Push.AllMemberPushReport', 'a_b-c.1']) {
      expect(segmentOf(command)).to.equal(command)
    }
  })

  it('makes one safe segment of whatever a sender calls a command, and no two of them alike', () => {
    const segments = HOSTILE.map(segmentOf)
    for (const segment of segments) expect(segment).to.match(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/)
    expect(new Set(segments).size).to.equal(HOSTILE.length)
  })

  it('never leaves the fixed directory', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (command) => {
        const path = pathOf('/data/{command}/{app}.jsonl')({ command, app: 1, receivedAt: at })
        expect(resolve(path)).to.equal(path)
        expect(path.split(sep)).to.have.length(4)
        expect(path.startsWith('/data/')).to.equal(true)
      }),
    )
  })

  it('fills in command, app and the day of the arrival in UTC, each as often as it is named', () => {
    expect(pathOf('/d/{app}/{date}/{command}-{date}.jsonl')({ command: 'A.B', app: 14, receivedAt: at })).to.equal(
      '/d/14/2026-01-01/A.B-2026-01-01.jsonl',
    )
    expect(pathOf('/d/{command}')({ command: '{app}', app: 14, receivedAt: at })).not.to.contain('14.')
  })

  it('knows the placeholders that there are', () => {
    expect(unknownPlaceholders('./{command}/{date}/{app}.jsonl')).to.deep.equal([])
    expect(unknownPlaceholders('./{Command}/{}/{key}/{constructor}')).to.deep.equal(['Command', '', 'key', 'constructor'])
  })

  it('knows the directory that no event decides', () => {
    expect(fixedDirectory('/data/all.jsonl')).to.equal('/data')
    expect(fixedDirectory('/data/{command}.jsonl')).to.equal('/data')
    expect(fixedDirectory('/data/im-{command}/x.jsonl')).to.equal('/data')
    expect(fixedDirectory('/data/im/{date}/{command}.jsonl')).to.equal('/data/im')
  })
})

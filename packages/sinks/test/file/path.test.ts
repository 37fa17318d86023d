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
  'CON',
  'nul.txt',
  'Com1',
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
const RECEIVED_AT = Date.UTC(2026, 0, 1, 23, 59, 59, 999)

describe('path template of the file sink', () => {
  it('uses each vendor command unchanged as a path segment', () => {
    for (const command of ['Group.CallbackAfterGroupDestroyed', 'Sns.CallbackPrevFriendAdd', 'Push.AllMemberPushReport', 'a_b-c.1']) {
      expect(segmentOf(command)).to.equal(command)
    }
  })

  it('converts each hostile command to a safe and unique path segment [F37]', () => {
    const segments = HOSTILE.map(segmentOf)
    for (const segment of segments) expect(segment).to.match(/^(?!(con|nul|com1)(\.|$))[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/i)
    expect(new Set(segments).size).to.equal(HOSTILE.length)
  })

  it('returns a path inside the fixed directory for any command', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (command) => {
        const path = pathOf('/data/{command}/{app}.jsonl')({ command, app: 1, receivedAt: RECEIVED_AT })
        expect(resolve(path)).to.equal(path)
        expect(path.split(sep)).to.have.length(4)
        expect(path.startsWith('/data/')).to.equal(true)
      }),
    )
  })

  it('replaces each occurrence of {command}, {app} and {date}, where {date} is the UTC day of arrival', () => {
    expect(pathOf('/d/{app}/{date}/{command}-{date}.jsonl')({ command: 'A.B', app: 14, receivedAt: RECEIVED_AT })).to.equal(
      '/d/14/2026-01-01/A.B-2026-01-01.jsonl',
    )
    expect(pathOf('/d/{command}')({ command: '{app}', app: 14, receivedAt: RECEIVED_AT })).not.to.contain('14.')
  })

  it('lists the unknown placeholders of a path template', () => {
    expect(unknownPlaceholders('./{command}/{date}/{app}.jsonl')).to.deep.equal([])
    expect(unknownPlaceholders('./{Command}/{}/{key}/{constructor}')).to.deep.equal(['Command', '', 'key', 'constructor'])
  })

  it('returns the directory before the first placeholder as the fixed directory', () => {
    expect(fixedDirectory('/data/all.jsonl')).to.equal('/data')
    expect(fixedDirectory('/data/{command}.jsonl')).to.equal('/data')
    expect(fixedDirectory('/data/im-{command}/x.jsonl')).to.equal('/data')
    expect(fixedDirectory('/data/im/{date}/{command}.jsonl')).to.equal('/data/im')
  })
})

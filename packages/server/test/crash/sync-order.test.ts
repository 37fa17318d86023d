import { expect } from 'chai'
import { checkSyncOrder } from './sync-order.ts'

const WAL = '28</data/callboard.db-wal>'
const asked = String.raw`1 read(33<socket:[7]>, "POST /callback HTTP/1.1\r\n\r\n{\"GroupId\":\"serial-00001\"}", 65536) = 60`
const answered = String.raw`1 write(33<socket:[7]>, "HTTP/1.1 200 OK\r\n\r\n{\"ActionStatus\":\"OK\"}", 40) = 40`
const frame = String.raw`9 pwrite64(${WAL}, "\0\0\0\2\0\0\0\0A\217", 24, 100) = 24`
const commit = String.raw`9 pwrite64(${WAL}, "\0\0\0\3\0\0\0\22A\217", 24, 200) = 24`
const body = `9 pwrite64(${WAL}, "\\r\\0serial-00001\\0", 4096, 124) = 4096`
const other = `9 pwrite64(${WAL}, "\\r\\0\\0", 4096, 224) = 4096`
const sync = `9 fsync(${WAL}) = 0`
const syncBegins = `9 fsync(${WAL} <unfinished ...>`
const syncEnds = '9 <... fsync resumed>) = 0'

const of = (...lines: readonly string[]) => checkSyncOrder(lines.join('\n'))

describe('checkSyncOrder', () => {
  it('finds nothing where the sync follows the commit and the answer follows the sync', () => {
    expect(of(asked, frame, body, commit, other, sync, answered)).to.deep.equal({ oks: 1, early: [] })
    expect(of(asked, commit, body, sync, answered)).to.deep.equal({ oks: 1, early: [] })
    expect(of(asked, frame, body, commit, other, syncBegins, syncEnds, answered)).to.deep.equal({ oks: 1, early: [] })
  })

  it('reads calls that end on a later line than they begin', () => {
    const [begin = '', end = ''] = commit.split(' = ')
    const whole = [`${begin.slice(0, -1)} <unfinished ...>`, `9 <... pwrite64 resumed>) = ${end}`]
    expect(of(asked, frame, body, ...whole, other, sync, answered)).to.deep.equal({ oks: 1, early: [] })
  })

  for (const [what, lines] of [
    ['without any sync', [asked, frame, body, commit, other, answered]],
    ['before the sync has ended', [asked, frame, body, commit, other, syncBegins, answered, syncEnds]],
    [
      'after a sync that failed',
      [asked, frame, body, commit, other, '9 fsync(28</data/callboard.db-wal>) = -1 EIO (Input/output error)', answered],
    ],
    ['after a sync that came before the commit', [asked, frame, body, sync, commit, other, answered]],
    ['after a sync that began before the commit', [asked, syncBegins, frame, body, commit, other, syncEnds, answered]],
    ['after the sync of another file', [asked, frame, body, commit, other, '9 fsync(28</data/audit.jsonl>) = 0', answered]],
    ['for an event that was never written', [asked, frame, other, commit, other, sync, answered]],
    ['on a connection that asked for nothing', [frame, body, commit, other, sync, answered]],
  ] as const) {
    it(`reports an OK ${what}`, () => {
      const { oks, early } = of(...lines)
      expect(oks).to.equal(1)
      expect(early).to.have.length(1)
    })
  }
})

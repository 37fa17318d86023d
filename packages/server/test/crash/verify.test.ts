import { expect } from 'chai'
import { brokenPromises, type Copy, type Evidence } from './verify.ts'

const event = (serial: number, key = 'k') => ({ id: `id${serial}`, key, serial, delivered: ['audit', 'crm'] })
const copies = (...serials: readonly number[]): readonly Copy[] => serials.map((serial) => ({ id: `id${serial}`, serial }))
const linesOf = (all: readonly Copy[]): string =>
  all.map(({ id, serial }) => `${JSON.stringify({ id, body: { Serial: serial } })}\n`).join('')

const sound: Evidence = {
  promised: new Set([1, 2]),
  kept: [event(1), event(2), event(3)],
  hooked: copies(1, 2, 1, 3),
  filed: linesOf(copies(1, 1, 2, 3)),
}

describe('the look after a crash', () => {
  it('finds nothing where all promises hold, repeats included', () => {
    expect(brokenPromises(sound)).to.deep.equal([])
    expect(brokenPromises({ ...sound, kept: [event(1), event(2, 'other'), event(3)], hooked: copies(2, 1, 3) })).to.deep.equal([])
  })

  for (const [what, evidence, message] of [
    [
      'an event that is lost',
      { kept: [event(1), event(3)] },
      ['answered OK and not in the journal: 2', 'under an id that is not its own: 2 as id2'],
    ],
    ['an event that is stored twice', { kept: [...sound.kept, { ...event(3), id: 'again' }] }, ['stored more than once: 3']],
    ['an event that the webhook never got', { hooked: copies(1, 3) }, ['answered OK and never at crm: 2', 'stored and never at crm: 2']],
    ['an event that the file never got', { filed: linesOf(copies(1, 2)) }, ['stored and never at audit: 3']],
    [
      'a new id for a repeat',
      { hooked: [...copies(1, 2, 3), { id: 'new', serial: 2 }] },
      ['at crm under an id that is not its own: 2 as new'],
    ],
    ['an event that overtakes at the webhook', { hooked: copies(1, 3, 2) }, ['overtook an earlier event of its key: 2 at crm']],
    ['an event that overtakes in the file', { filed: linesOf(copies(2, 1, 3)) }, ['overtook an earlier event of its key: 1 at audit']],
    [
      'a delivery that is still open',
      { kept: [event(1), event(2), { ...event(3), delivered: ['crm'] }] },
      ['not called delivered to audit: 3'],
    ],
    ['a torn line inside the file', { filed: `${sound.filed}{"id":"id\n${sound.filed}` }, ['torn lines in the file: 5']],
    ['a torn last line', { filed: `${sound.filed}{"id":"id` }, ['does not end with a whole line']],
  ] as const satisfies readonly (readonly [string, Partial<Evidence>, readonly string[]])[]) {
    it(`finds ${what}`, () => {
      const broken = brokenPromises({ ...sound, ...evidence }).join('\n')
      for (const each of message) expect(broken).to.contain(each)
    })
  }
})

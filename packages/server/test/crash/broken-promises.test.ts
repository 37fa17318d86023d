import { expect } from 'chai'
import { brokenPromises, type Evidence, type ReceivedCopy } from './broken-promises.ts'

const event = (serial: number, key = 'k') => ({ id: `id${serial}`, key, serial, delivered: ['audit', 'crm'] })
const copies = (...serials: readonly number[]): readonly ReceivedCopy[] => serials.map((serial) => ({ id: `id${serial}`, serial }))
const linesOf = (all: readonly ReceivedCopy[]): string =>
  all.map(({ id, serial }) => `${JSON.stringify({ id, body: { Serial: serial } })}\n`).join('')

const sound: Evidence = {
  acknowledged: new Set([1, 2]),
  stored: [event(1), event(2), event(3)],
  atWebhook: copies(1, 2, 1, 3),
  inFile: linesOf(copies(1, 1, 2, 3)),
}

describe('brokenPromises', () => {
  it('finds nothing where all promises hold and events are repeated', () => {
    expect(brokenPromises(sound)).to.deep.equal([])
    expect(brokenPromises({ ...sound, stored: [event(1), event(2, 'other'), event(3)], atWebhook: copies(2, 1, 3) })).to.deep.equal([])
  })

  for (const [what, evidence, message] of [
    ['a lost event', { stored: [event(1), event(3)] }, ['answered OK, but not in the journal: 2', 'under a wrong id: 2 as id2']],
    ['an event that was stored twice', { stored: [...sound.stored, { ...event(3), id: 'again' }] }, ['stored more than once: 3']],
    [
      'an event that the webhook never got',
      { atWebhook: copies(1, 3) },
      ['answered OK, but never at crm: 2', 'stored, but never at crm: 2'],
    ],
    ['an event that the file never got', { inFile: linesOf(copies(1, 2)) }, ['stored, but never at audit: 3']],
    ['a new id for a repeat', { atWebhook: [...copies(1, 2, 3), { id: 'new', serial: 2 }] }, ['at crm under a wrong id: 2 as new']],
    ['an event that overtakes at the webhook', { atWebhook: copies(1, 3, 2) }, ['overtook an earlier event of its key: 2 at crm']],
    ['an event that overtakes in the file', { inFile: linesOf(copies(2, 1, 3)) }, ['overtook an earlier event of its key: 1 at audit']],
    [
      'a delivery that is still open',
      { stored: [event(1), event(2), { ...event(3), delivered: ['crm'] }] },
      ['delivery to audit is not `delivered`: 3'],
    ],
    ['a torn line inside the file', { inFile: `${sound.inFile}{"id":"id\n${sound.inFile}` }, ['torn lines in the file: 5']],
    ['a torn last line', { inFile: `${sound.inFile}{"id":"id` }, ['does not end with a whole line']],
  ] as const satisfies readonly (readonly [string, Partial<Evidence>, readonly string[]])[]) {
    it(`reports ${what}`, () => {
      const broken = brokenPromises({ ...sound, ...evidence }).join('\n')
      for (const each of message) expect(broken).to.contain(each)
    })
  }
})

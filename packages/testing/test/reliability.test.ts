import { expect } from 'chai'
import { allEvidence, allFaults, evidenceIn } from '../../../.ci/generate/reliability.ts'

const evidence = allEvidence()
const shown = new Set(evidence.map(({ id }) => id))

describe('the faults of packages/docs/faults.ts', () => {
  it('have different ids', () => {
    expect(new Set(allFaults.map(({ id }) => id)).size).to.equal(allFaults.length)
  })

  it('have a test and a change that it catches, or a reason why nothing is promised', () => {
    const missing = allFaults.filter(({ id, promise, mutant, except }) =>
      promise === undefined ? except === undefined : !shown.has(id) || mutant === undefined,
    )
    expect(missing.map(({ id }) => id)).to.deep.equal([])
  })

  it('are all that the titles of tests name', () => {
    const known = new Set(allFaults.map(({ id }) => id))
    expect(evidence.filter(({ id }) => !known.has(id))).to.deep.equal([])
  })
})

describe('evidenceIn', () => {
  const titles = (text: string) => evidenceIn('a.test.ts', text).map(({ id, title }) => `${id} ${title}`)

  it('finds ids in titles of tests and of tables, leaves out variables, and puts the title of the suite first', () => {
    expect(titles("  it('survives [F01] [F02]', async () => {")).to.deep.equal(['F01 survives', 'F02 survives'])
    expect(titles("describe('a body', () => {\n  it('of 10 MB is refused [F43]', () => {")).to.deep.equal([
      'F43 a body of 10 MB is refused',
    ])
    expect(titles("  describe('bodies [F41]', () => {")).to.deep.equal(['F41 bodies'])
    expect(titles("    title: 'bodies [F41]',")).to.deep.equal(['F41 bodies'])
    expect(titles("    ['a short `Sign` [F61]', '', 'bad'],")).to.deep.equal(['F61 a short `Sign`'])
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a title.
    expect(titles("it(`answers ${a ? `x` : ''} to ${what}${b ? ' [F56]' : ''}`, async () => {")).to.deep.equal(['F56 answers … to …'])
  })

  it('finds nothing in other text', () => {
    expect(titles('// [F01]')).to.deep.equal([])
    expect(titles("it('survives', () => {")).to.deep.equal([])
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { apiOf, entriesOf, lists, namesAt, published } from './api.ts'

// What others may rely on, as reviewed lists in `api`: a name that comes, goes or changes its kind is a change that users notice.

describe('the public API', () => {
  it('has a list for every package that is published, and no other', () => {
    expect(readdirSync(lists).sort()).to.deep.equal(published.map((name) => `${name}.txt`).sort())
  })

  for (const name of published) {
    it(`of ${name} is what its list says`, () => {
      const listed = readFileSync(join(lists, `${name}.txt`), 'utf8')
        .trimEnd()
        .split('\n')
      expect(apiOf(name), `where it is on purpose: node .ci/accept-api.ts ${name}, and a changeset`).to.deep.equal(listed)
    })

    for (const [path, entry] of entriesOf(name)) {
      it(`of ${name} is there at run time at ${path}`, async () => {
        const loaded = await import(pathToFileURL(entry).href)
        const values = [...namesAt(entry)].filter(([, kind]) => kind === 'value')
        expect(Object.keys(loaded).sort()).to.deep.equal(values.map(([exported]) => exported).sort())
      })
    }
  }
})

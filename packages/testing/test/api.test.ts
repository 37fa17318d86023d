import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { apiOf, entriesOf, lists, namesAt, published } from './api.ts'

// The folder `api` holds a reviewed list of the exports of each package. Users notice every change of these lists.

describe('the public API', () => {
  it('has one list for every published package', () => {
    expect(readdirSync(lists).sort()).to.deep.equal(published.map((name) => `${name}.txt`).sort())
  })

  for (const name of published) {
    it(`of ${name} matches its list`, () => {
      const listed = readFileSync(join(lists, `${name}.txt`), 'utf8')
        .trimEnd()
        .split('\n')
      expect(apiOf(name), `if the change is intended, run: node .ci/accept-api.ts ${name}, and add a changeset`).to.deep.equal(listed)
    })

    for (const [path, entry] of entriesOf(name)) {
      it(`of ${name} exists at run time at ${path}`, async () => {
        const loaded = await import(pathToFileURL(entry).href)
        const values = [...namesAt(entry)].filter(([, kind]) => kind === 'value')
        expect(Object.keys(loaded).sort()).to.deep.equal(values.map(([exported]) => exported).sort())
      })
    }
  }
})

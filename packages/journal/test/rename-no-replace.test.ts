import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { expect } from 'chai'
import { renameNoReplace } from '../src/sqlite/rename-no-replace.ts'
import { newPath, removeAll } from './temporary-path.ts'

const noLinks = () => {
  throw Object.assign(new Error('no hard links'), { code: 'EPERM' })
}

describe('renameNoReplace', () => {
  after(removeAll)

  for (const [where, link] of [
    ['with hard links', undefined],
    ['without hard links', noLinks],
  ] as const) {
    it(`renames ${where}, and never replaces a file`, async () => {
      const target = await newPath()
      const part = `${target}.part`
      await writeFile(part, 'whole')
      renameNoReplace(part, target, link)
      expect(await readFile(target, 'utf8')).to.equal('whole')
      // The part may still be the same file.
      await rm(part, { force: true })
      await writeFile(part, 'another')
      expect(() => renameNoReplace(part, target, link))
        .to.throw()
        .with.property('code', 'EEXIST')
      expect(await readFile(target, 'utf8')).to.equal('whole')
    })
  }

  it('fails when a link fails for another reason, and leaves no empty file', async () => {
    const target = await newPath()
    for (const link of [undefined, noLinks]) {
      expect(() => renameNoReplace(`${target}.part`, target, link))
        .to.throw()
        .with.property('code', 'ENOENT')
      expect(existsSync(target)).to.equal(false)
    }
    const failing = () => {
      throw Object.assign(new Error('broken'), { code: 'EIO' })
    }
    await writeFile(`${target}.part`, 'whole')
    expect(() => renameNoReplace(`${target}.part`, target, failing))
      .to.throw()
      .with.property('code', 'EIO')
    expect(existsSync(target)).to.equal(false)
  })
})

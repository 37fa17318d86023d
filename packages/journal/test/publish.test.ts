import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { expect } from 'chai'
import { publish } from '../src/sqlite/rename-no-replace.ts'
import { newPath, removeAll } from './directory.ts'

const noLinks = () => {
  throw Object.assign(new Error('no links here'), { code: 'EPERM' })
}

describe('the name of a finished file', () => {
  after(removeAll)

  for (const [where, link] of [
    ['as a link', undefined],
    ['where there are no links', noLinks],
  ] as const) {
    it(`is given, ${where}, and never taken from another file`, async () => {
      const target = await newPath()
      const part = `${target}.part`
      await writeFile(part, 'whole')
      publish(part, target, link)
      expect(await readFile(target, 'utf8')).to.equal('whole')
      // The part may be the very same file still.
      await rm(part, { force: true })
      await writeFile(part, 'another')
      expect(() => publish(part, target, link))
        .to.throw()
        .with.property('code', 'EEXIST')
      expect(await readFile(target, 'utf8')).to.equal('whole')
    })
  }

  it('is not given by force where a link fails for another reason, and not left to an empty file', async () => {
    const target = await newPath()
    for (const link of [undefined, noLinks]) {
      expect(() => publish(`${target}.part`, target, link))
        .to.throw()
        .with.property('code', 'ENOENT')
      expect(existsSync(target)).to.equal(false)
    }
    const failing = () => {
      throw Object.assign(new Error('broken'), { code: 'EIO' })
    }
    await writeFile(`${target}.part`, 'whole')
    expect(() => publish(`${target}.part`, target, failing))
      .to.throw()
      .with.property('code', 'EIO')
    expect(existsSync(target)).to.equal(false)
  })
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const packages = readdirSync(join(root, 'packages'))
const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...packages.map((name) => `packages/${name}/README.md`)]

describe('the docs', () => {
  for (const document of documents) {
    it(`${document} names only paths that exist`, () => {
      const text = read(document)
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => join(dirname(document), path))
      const mentioned = [...text.matchAll(/(?:packages|examples)\/[\w./-]+\.(?:ts|md)/g)].map(([path]) => path)
      for (const path of [...links, ...mentioned]) expect(existsSync(join(root, path)), path).to.equal(true)
    })
  }

  it('name the pnpm that the repository pins', () => {
    const { packageManager } = JSON.parse(read('package.json'))
    const pinned = /^pnpm@([\d.]+)/.exec(packageManager)?.[1]
    for (const file of ['README.md', 'CONTRIBUTING.md', '.ci/run']) {
      for (const [, version] of read(file).matchAll(/pnpm@([\d.]+\d)/g)) expect(version, file).to.equal(pinned)
    }
  })

  it('the README fits a screen and a half', () => {
    expect(read('README.md').split('\n').length).to.be.below(140)
  })
})

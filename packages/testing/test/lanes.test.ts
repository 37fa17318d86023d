import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'

const root = join(import.meta.dirname, '../../..')

/** The test files that a mocha configuration runs. */
const laneOf = (config: string): readonly string[] => {
  const { spec, ignore = [] } = JSON.parse(readFileSync(join(root, config), 'utf8'))
  const ignored = new Set(globSync(ignore, { cwd: root }))
  return globSync(spec, { cwd: root }).filter((file) => !ignored.has(file))
}
const testFiles = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder)).flatMap((name) =>
    globSync('test/**/*.test.ts', { cwd: join(root, folder, name) }).map((file) => join(folder, name, file)),
  ),
)

describe('the lanes `test` and `test:system`', () => {
  it('together run each test file once', () => {
    expect([...laneOf('.mocharc.json'), ...laneOf('.mocharc.system.json')].sort()).to.deep.equal(testFiles.sort())
  })

  it('differ by name: `test:system` runs `*.system.test.ts` and the examples', () => {
    const isSystem = (file: string): boolean => file.endsWith('.system.test.ts') || file.startsWith('examples')
    expect(laneOf('.mocharc.system.json').filter((file) => !isSystem(file))).to.deep.equal([])
    expect(laneOf('.mocharc.json').filter(isSystem)).to.deep.equal([])
  })
})

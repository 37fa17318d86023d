import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { namesOf, published } from './api.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const packages = readdirSync(join(root, 'packages'))
const decisions = readdirSync(join(root, 'packages/docs/decisions'))
  .sort()
  .map((file) => `packages/docs/decisions/${file}`)
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...packages.map((name) => `packages/${name}/README.md`),
  'packages/docs/reliability.md',
  ...decisions,
]

/** The sections of each README of a package, in this order. */
const SHAPE = [/^\*\*What it is\.\*\* /m, /^\*\*Use it\*\*/m, /^\*\*Options(\.\*\*|\*\* )/m, /^\*\*What it does not do\.\*\* /m]
const GENERATED = /<!-- generated: [\w-]+ -->\n[\s\S]*?<!-- \/generated -->/g
const DECLARED = /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function|class|enum|interface|type) (\w+)/gm

const sourcesOf = (name: string): readonly string[] =>
  readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('packages', name, 'src', file))

/** The names that a file passes on from a package that is not ours. They are documented there. */
const passedOnIn = (file: string): readonly string[] =>
  [...read(file).matchAll(/^export (?:type )?\{([^}]*)\} from '(?!\.|@callboard\/)[^']+'/gm)].flatMap(([, names = '']) =>
    names.split(',').map((each) => each.trim()),
  )

/** The exports that a file declares, and whether a doc comment stands above each. */
const declaredIn = (file: string): readonly (readonly [name: string, documented: boolean])[] => {
  const text = read(file)
  return [...text.matchAll(DECLARED)].map(({ 1: name = '', index }) => [name, text.slice(0, index).endsWith('*/\n')])
}

describe('the documents', () => {
  for (const document of documents) {
    it(`${document} mentions only existing paths`, () => {
      const text = read(document)
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => join(dirname(document), path))
      const mentioned = [...text.matchAll(/(?:packages|examples)\/[\w./-]+\.(?:ts|md)/g)].map(([path]) => path)
      for (const path of [...links, ...mentioned]) expect(existsSync(join(root, path)), path).to.equal(true)
    })
  }

  for (const name of published) {
    it(`packages/${name}/README.md has the four sections: what it is, use, options, what it does not do`, () => {
      const text = read(`packages/${name}/README.md`)
      const places = SHAPE.map((part) => text.search(part))
      expect(Math.min(...places), String(SHAPE[places.indexOf(-1)])).to.be.above(-1)
      expect(places).to.deep.equal(places.toSorted((a, b) => a - b))
    })

    it(`packages/${name}/README.md contains only code blocks that are generated from tested files`, () => {
      expect(read(`packages/${name}/README.md`).replace(GENERATED, '')).not.to.match(/```(ts|js|typescript|javascript)/)
    })

    it(`every name that ${name} exports has a doc comment`, () => {
      const names = namesOf(name)
      const declared = [...sourcesOf(name), ...(name === 'plugin-chat' ? sourcesOf('plugin-group-destroyed') : [])].flatMap(declaredIn)
      // The comment of a codec documents its type, which has the same name.
      const documented = new Set(
        declared.flatMap(([each, isDocumented]) => (isDocumented ? each : [])).concat(sourcesOf(name).flatMap(passedOnIn)),
      )
      expect([...names.keys()].filter((each) => !documented.has(each))).to.deep.equal([])
    })
  }

  it('name the pnpm version that the repository pins', () => {
    const { packageManager } = JSON.parse(read('package.json'))
    const pinned = /^pnpm@([\d.]+)/.exec(packageManager)?.[1]
    for (const file of ['README.md', 'CONTRIBUTING.md', '.ci/run']) {
      for (const [, version] of read(file).matchAll(/pnpm@([\d.]+\d)/g)) expect(version, file).to.equal(pinned)
    }
  })

  it('the README has fewer than 140 lines', () => {
    expect(read('README.md').split('\n').length).to.be.below(140)
  })

  it('ARCHITECTURE.md has at most 150 lines', () => {
    expect(read('ARCHITECTURE.md').trimEnd().split('\n').length).to.be.at.most(150)
  })

  it('every decision has a numbered title, its context, the decision and its consequence', () => {
    for (const decision of decisions) {
      const number = Number(/\/(\d{4})-[^/]+$/.exec(decision)?.[1])
      const headings = [...read(decision).matchAll(/^##? (.*)$/gm)].map(([, heading]) => heading)
      expect(headings[0], decision).to.match(new RegExp(`^${number}\\. \\S`))
      expect(headings.slice(1, 4), decision).to.deep.equal(['Context', 'Decision', 'Consequence'])
    }
  })
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

// The rules of the house that a reader relies on, read off the sources themselves.

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const packages = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'src')))

const sourcesOf = (name: string): readonly string[] =>
  readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, 'packages', name, 'src', file))

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
/** What stands in a template, such as the source of a new plugin, is imported by nobody here: there is an odd backtick before it. */
const isWritten = (text: string, place: number): boolean => (text.slice(0, place).match(/(?<!\\)`/g)?.length ?? 0) % 2 === 1
const importsOf = (file: string): readonly string[] => {
  const text = readFileSync(file, 'utf8')
  const imports = [...text.matchAll(IMPORT)].filter(({ index }) => !isWritten(text, index))
  return imports.map(([, statically, dynamically]) => statically ?? dynamically ?? '')
}

/** package -> the packages of ours that it may know. */
const arrows: Readonly<Record<string, readonly string[] | 'everyone'>> = {
  core: [],
  koa: ['core'],
  'plugin-group-destroyed': ['core'],
  'plugin-chat': ['core', 'plugin-group-destroyed'],
  'plugin-rtc': ['core'],
  sinks: ['core'],
  journal: ['core'],
  testing: ['core'],
  server: 'everyone',
  bench: 'everyone',
}

/** What core must never touch, so that it can be embedded anywhere. */
const FORBIDDEN_IN_CORE = /^(koa|@koa\/|koa-|node:(fs|http|https|net|tls|http2|dgram|child_process|worker_threads|process))/

describe('the house', () => {
  it('has an arrow for every package', () => {
    expect(Object.keys(arrows).sort()).to.deep.equal([...packages].sort())
  })

  for (const name of packages) {
    it(`${name} knows only the packages it may know`, () => {
      const allowed = arrows[name]
      const known = sourcesOf(name)
        .flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })))
        .filter(({ specifier }) => specifier.startsWith('@callboard/'))
        .filter(({ specifier }) => allowed !== 'everyone' && !allowed?.includes(specifier.split('/')[1] ?? ''))
      expect(known.map(({ file, specifier }) => `${relative(root, file)} imports ${specifier}`)).to.deep.equal([])
    })

    it(`${name} has no import cycle`, () => {
      const done = new Set<string>()
      const visit = (file: string, path: readonly string[]): readonly string[] => {
        if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
        if (done.has(file)) return []
        for (const specifier of importsOf(file)) {
          if (!specifier.startsWith('.')) continue
          const cycle = visit(join(dirname(file), specifier), [...path, file])
          if (cycle.length > 0) return cycle
        }
        done.add(file)
        return []
      }
      for (const file of sourcesOf(name)) expect(visit(file, []).map((each) => relative(root, each))).to.deep.equal([])
    })

    it(`${name} reaches no other package by a relative path, and ends every one in .ts`, () => {
      for (const file of sourcesOf(name)) {
        for (const specifier of importsOf(file).filter((each) => each.startsWith('.'))) {
          expect(specifier, relative(root, file)).to.match(/\.ts$/)
          expect(join(dirname(file), specifier), relative(root, file)).to.contain(join('packages', name, 'src'))
        }
      }
    })
  }

  it('core imports no Koa, no file system, no network, no process', () => {
    const found = sourcesOf('core').flatMap((file) =>
      importsOf(file)
        .filter((specifier) => FORBIDDEN_IN_CORE.test(specifier))
        .map((specifier) => `${relative(root, file)} imports ${specifier}`),
    )
    expect(found).to.deep.equal([])
  })

  it('fp-ts stays inside core, and is imported by a path that plain Node finds', () => {
    for (const name of packages) {
      for (const file of sourcesOf(name)) {
        for (const specifier of importsOf(file).filter((each) => /^(fp-ts|io-ts)/.test(each))) {
          expect(specifier, relative(root, file)).to.match(/^((fp|io)-ts|(fp|io)-ts\/lib\/\w+\.js)$/)
          if (specifier.startsWith('fp-ts')) expect(name, relative(root, file)).to.equal('core')
        }
      }
    }
  })

  it('a step of the pipeline imports no other step', () => {
    const steps = ['verify', 'read', 'decode', 'shed-load', 'decide', 'record', 'respond'].map((step) =>
      join(root, `packages/core/src/pipeline/${step}.ts`),
    )
    for (const file of steps) {
      for (const specifier of importsOf(file).filter((each) => each.startsWith('.'))) {
        expect(steps, relative(root, file)).not.to.include(join(dirname(file), specifier))
      }
    }
  })
})

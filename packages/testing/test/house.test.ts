import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

// The rules about imports that ARCHITECTURE.md names, checked on the sources.

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const packages = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'src')))

const sourcesOf = (name: string): readonly string[] =>
  readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, 'packages', name, 'src', file))

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
/** Returns whether an import is part of a template literal, such as the source of a new plugin. An odd number of backticks precedes it. */
const isInTemplate = (text: string, place: number): boolean => (text.slice(0, place).match(/(?<!\\)`/g)?.length ?? 0) % 2 === 1
const importsOf = (file: string): readonly string[] => {
  const text = readFileSync(file, 'utf8')
  const imports = [...text.matchAll(IMPORT)].filter(({ index }) => !isInTemplate(text, index))
  return imports.map(([, statically, dynamically]) => statically ?? dynamically ?? '')
}

/** For each package the packages of ours that it may import. */
const arrows: Readonly<Record<string, readonly string[] | 'all'>> = {
  core: [],
  koa: ['core'],
  'plugin-group-destroyed': ['core'],
  'plugin-chat': ['core', 'plugin-group-destroyed'],
  'plugin-rtc': ['core'],
  sinks: ['core'],
  journal: ['core'],
  testing: ['core'],
  server: 'all',
  bench: 'all',
}

/**
 * The rooms of a package from the ground up: its folders, and the files beside them. A room imports only rooms of lines above its own.
 */
const floors: Readonly<Record<string, readonly (readonly string[])[]>> = {
  core: [
    ['util', 'fault.ts'],
    ['json'],
    ['codec'],
    ['plugin'],
    ['journal', 'sink.ts'],
    ['handle.ts', 'telemetry'],
    ['options.ts'],
    ['delivery'],
    ['pipeline'],
    ['options-shape.ts'],
    ['parse-options.ts'],
    ['admin.ts'],
    ['dispatcher.ts'],
    ['index.ts'],
  ],
  server: [['util'], ['config', 'metrics', 'watchdog'], ['admin'], ['http'], ['cli'], ['main.ts'], ['index.ts']],
}
/** Core never imports these, so that it can be embedded anywhere. */
const FORBIDDEN_IN_CORE = /^(koa|@koa\/|koa-|node:(fs|http|https|net|tls|http2|dgram|child_process|worker_threads|process))/

describe('imports', () => {
  it('lists the allowed imports of every package', () => {
    expect(Object.keys(arrows).sort()).to.deep.equal([...packages].sort())
  })

  for (const name of packages) {
    it(`${name} imports only the packages that it may import`, () => {
      const allowed = arrows[name]
      const found = sourcesOf(name)
        .flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })))
        .filter(({ specifier }) => specifier.startsWith('@callboard/'))
        .filter(({ specifier }) => allowed !== 'all' && !allowed?.includes(specifier.split('/')[1] ?? ''))
      expect(found.map(({ file, specifier }) => `${relative(root, file)} imports ${specifier}`)).to.deep.equal([])
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

    it(`${name} imports no other package by a relative path, and every relative path ends in .ts`, () => {
      for (const file of sourcesOf(name)) {
        for (const specifier of importsOf(file).filter((each) => each.startsWith('.'))) {
          expect(specifier, relative(root, file)).to.match(/\.ts$/)
          expect(join(dirname(file), specifier), relative(root, file)).to.contain(join('packages', name, 'src'))
        }
      }
    })
  }

  for (const [name, order] of Object.entries(floors)) {
    const src = join(root, 'packages', name, 'src')
    const roomOf = (file: string): string => relative(src, file).split('/')[0] ?? ''
    const floorOf = (room: string): number => order.findIndex((rooms) => rooms.includes(room))

    it(`${name} has a place in its order for every folder of its sources`, () => {
      expect([...new Set(sourcesOf(name).map(roomOf))].sort()).to.deep.equal(order.flat().sort())
    })

    it(`${name} imports only from folders below, never from above or beside`, () => {
      const imports = sourcesOf(name).flatMap((file) =>
        importsOf(file)
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier): readonly [string, string] => [roomOf(file), roomOf(join(dirname(file), specifier))]),
      )
      const wrong = imports
        .filter(([from, to]) => from !== to && floorOf(from) <= floorOf(to))
        .map(([from, to]) => `${name}: ${from} imports ${to}`)
      expect([...new Set(wrong)]).to.deep.equal([])
    })
  }

  it('the admin API of server imports nothing but core and io-ts, so that a web page can bundle it', () => {
    const file = join(root, 'packages/server/src/admin/admin-api.ts')
    expect([...importsOf(file)].sort()).to.deep.equal(['@callboard/core', 'io-ts'])
  })

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

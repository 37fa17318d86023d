import { join } from 'node:path'
import { expect } from 'chai'
import { readConfig } from '../../src/config/read.ts'
import { createModuleLoader } from '../../src/config/resolve/load-module.ts'
import { inProject, lines } from './config-fixture.ts'

const config = 'apps: [{ sdkAppId: 1, tokens: [t] }]\nplugins: [./x.js]\n'
const plugin = (more: string) =>
  `definePlugin({ command: 'Group.CallbackAfterX', title: 'X', body: struct({ GroupId: string }), sample: { GroupId: 'g' }, ${more} })`
const declare = (more = '') => `import { definePlugin, string, struct, verdicts } from '@callboard/core'\nexport default ${plugin(more)}\n`

/** A module and what is wrong with it. DIR is its directory. */
const unusable: readonly (readonly [name: string, source: string, problem: string])[] = [
  [
    'has a syntax error',
    'export const a = 1\nexport const b = {\n  x: 1,\n  y 2,\n}\n',
    'cannot load "./x.js": Unexpected number (DIR/x.js:4)',
  ],
  ['imports a module with a syntax error', 'import "./broken.js"\n', 'cannot load "./x.js": Unexpected token \')\' (DIR/broken.js:3)'],
  [
    'imports a name that does not exist',
    '\nimport { nope } from "./other.js"\n',
    "cannot load \"./x.js\": The requested module './other.js' does not provide an export named 'nope' (DIR/x.js:2)",
  ],
  [
    'imports a file that does not exist',
    'import "./nowhere.js"\n',
    'cannot load "./x.js": Cannot find module \'DIR/nowhere.js\' imported from DIR/x.js',
  ],
  [
    'imports a package that is not installed',
    'import "nowhere"\n',
    'cannot load "./x.js": Cannot find package \'nowhere\' imported from DIR/x.js',
  ],
  ['throws while it loads', '\n\nthrow new Error("no database")\n', 'cannot load "./x.js": no database (DIR/x.js:3)'],
  ['rejects while it loads', '\nawait Promise.reject(new Error("no database"))\n', 'cannot load "./x.js": no database (DIR/x.js:2)'],
  ['fails in a module that it imports', 'import "./fails.js"\n', 'cannot load "./x.js": it fails (DIR/fails.js:2)'],
  ['throws an error of several lines', 'throw new Error("one\\ntwo")\n', 'cannot load "./x.js": one (DIR/x.js:1)'],
  ['throws a text', 'throw "no database"\n', 'cannot load "./x.js": no database'],
  ['throws nothing', 'throw undefined\n', 'cannot load "./x.js": it threw undefined'],
  ['throws an object', 'throw { stack: 1 }\n', 'cannot load "./x.js": [object Object]'],
  ['exports nothing', '', '"./x.js" exports no plugin made by definePlugin: it exports nothing; export the result of definePlugin'],
  [
    'exports nothing but a number',
    'export const a = 1\n',
    '"./x.js" exports no plugin made by definePlugin: it exports only a; export the result of definePlugin',
  ],
  [
    'exports a function that makes a plugin',
    `import { definePlugin, string, struct } from '@callboard/core'\nexport default () => ${plugin('')}\n`,
    '"./x.js" exports no plugin made by definePlugin: it exports only default; export the result of definePlugin, not the function default',
  ],
  [
    'exports a plain object',
    `export default { command: 'Group.X', title: 'X', body: {}, sample: {} }\n`,
    '"./x.js" exports no plugin made by definePlugin: it exports only default; wrap default in definePlugin',
  ],
  [
    'exports a promise of a plugin',
    `import { definePlugin, string, struct } from '@callboard/core'\nexport default Promise.resolve(${plugin('')})\n`,
    '"./x.js" exports no plugin made by definePlugin: it exports only default; export the result of definePlugin',
  ],
]

const others = {
  'broken.js': '\n\nconst a = )\n',
  'other.js': 'export const z = 1\n',
  'fails.js': '\nthrow new Error("it fails")\n',
}

/** The first word of each option of definePlugin that is wrong, and what is said about its sample. */
const wrongSamples: readonly (readonly [name: string, source: string, ...problems: RegExp[]])[] = [
  [
    'its codec refuses the sample',
    declare().replace("GroupId: 'g'", 'GroupId: 1'),
    /^\.\/x\.js: plugin Group\.CallbackAfterX refuses its own sample: GroupId: expected string$/,
  ],
  ['`key` throws', declare('key: (body) => body.a.b'), /^\.\/x\.js: plugin Group\.CallbackAfterX refuses its own sample: key/],
  [
    'a hook throws',
    declare('hooks: { log: () => { throw new Error("boom") } }'),
    /^\.\/x\.js: hook log of plugin Group\.CallbackAfterX threw: boom/,
  ],
  [
    'two hooks throw',
    declare('hooks: { log: () => { throw new Error("boom") }, file: ({ body }) => body.a.b }'),
    /^\.\/x\.js: hook log of plugin Group\.CallbackAfterX threw: boom/,
    /^\.\/x\.js: hook file of plugin Group\.CallbackAfterX threw: Cannot read/,
  ],
  [
    'a hook returns a promise',
    declare('hooks: { log: async () => "late", file: async () => ({}) }'),
    /^\.\/x\.js: hook log of plugin Group\.CallbackAfterX returned a Promise/,
    /^\.\/x\.js: hook file of plugin Group\.CallbackAfterX returned a Promise/,
  ],
  [
    'a hook returns what JSON cannot carry',
    declare('hooks: { webhook: () => { const a = []; a.push(a); return a }, file: () => { const a = {}; a.a = a; return a } }'),
    /^\.\/x\.js: hook webhook of plugin Group\.CallbackAfterX returned a value that JSON cannot carry: /,
    /^\.\/x\.js: hook file of plugin Group\.CallbackAfterX returned a value that JSON cannot carry: /,
  ],
  [
    'the answer to a verdict throws',
    declare('before: verdicts({ reply: struct({}), codes: [10100, 10200], allow: () => { throw new Error("boom") } })'),
    /^\.\/x\.js: the answer of plugin Group\.CallbackAfterX to allow threw: boom$/,
  ],
]

describe('a module that the list `plugins` names', () => {
  const problemsOf = (source: string, purpose: 'read' | 'start' | 'check' | 'reload') =>
    inProject({ 'callboard.yaml': config, 'x.js': source, ...others }, async (directory) =>
      lines(await readConfig(join(directory, 'callboard.yaml'), {}, purpose)).map((line) => line.replaceAll(directory, 'DIR')),
    )

  for (const [name, source, problem] of unusable) {
    it(`is refused with its place, its file and the line if it ${name}`, async () => {
      expect(await problemsOf(source, 'check')).to.deep.equal([`2:11 ${problem}`])
    })
  }

  it('is refused if its top-level await takes too long', async () => {
    await inProject({ 'x.js': 'await new Promise(() => {})\n' }, async (directory) => {
      expect(await createModuleLoader(directory, 50)('./x.js')).to.deep.equal({
        message: 'cannot load "./x.js": it did not load within 50ms; it must not wait for another program',
      })
    })
  })

  it('is refused if one of its plugins has no command', async () => {
    for (const source of [declare().replace('command:', 'comand:'), declare().replace("'Group.CallbackAfterX'", 'undefined')]) {
      const [first] = await problemsOf(source, 'check')
      expect(first).to.match(/^2:11 \.\/x\.js: a plugin needs a command/)
    }
  })

  it('causes a warning if it also exports an object that looks like a plugin', async () => {
    const source = `${declare()}export const other = { command: 'Group.Y', title: 'Y', body: {}, sample: {} }\n`
    expect(await problemsOf(source, 'check')).to.deep.equal([
      '2:11 warning: "./x.js" exports other, which is no plugin: wrap it in definePlugin',
    ])
  })

  for (const [name, source, ...problems] of wrongSamples) {
    it(`is refused by check and start, and by nothing else, if ${name}`, async () => {
      for (const purpose of ['check', 'start'] as const) {
        const found = await problemsOf(source, purpose)
        expect(found).to.have.length(problems.length)
        for (const [index, problem] of problems.entries()) {
          const [, place, text] = /^(\S+) (.*)$/.exec(found[index] ?? '') ?? []
          expect(place).to.equal('2:11')
          expect(text).to.match(problem)
        }
      }
      expect(await problemsOf(source, 'read')).to.deep.equal([])
      expect(await problemsOf(source, 'reload')).to.deep.equal([])
    })
  }

  it('is accepted with a sample, a key, hooks and answers that work', async () => {
    const more =
      'key: (body) => body.GroupId, hooks: { log: ({ body, key, app }) => [body.GroupId, key, app].join(), webhook: ({ body }) => body }'
    expect(await problemsOf(declare(more), 'check')).to.deep.equal([])
    const answers = 'before: verdicts({ codes: [10100, 10200], drop: true })'
    expect(await problemsOf(declare(answers), 'check')).to.deep.equal([])
  })
})

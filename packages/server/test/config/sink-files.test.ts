import { link, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { readConfig } from '../../src/config/read.ts'
import { inDirectory, lines } from './config-fixture.ts'

const config = (sinks: string, journal = 'path: ./data/j.db') =>
  `apps: [{ sdkAppId: 1, tokens: [t] }]\njournal: { ${journal} }\nsinks:\n${sinks}`
const sink = (name: string, path: string, more = '') => `  ${name}: { use: file, path: "${path}"${more} }\n`
const column = (name: string) => sink(name, '').indexOf('""') + 1

/** The sinks, and the sinks that are refused with the part that uses their file. */
const collisions: readonly (readonly [name: string, sinks: string, ...refused: (readonly [line: number, sink: string, by: string])[]])[] = [
  ...['', '-wal', '-shm', '-journal', '.lock', '.reserve'].map((suffix): (typeof collisions)[number] => [
    `the journal's file j.db${suffix}`,
    sink('a', `./data/j.db${suffix}`),
    [4, 'a', 'the journal DIR/data/j.db'],
  ]),
  ['another spelling of the journal', sink('a', './data/../data//j.db'), [4, 'a', 'the journal DIR/data/j.db']],
  ['a symbolic link to the journal', sink('a', './link.jsonl'), [4, 'a', 'the journal DIR/data/j.db']],
  ['a hard link to the journal', sink('a', './hard.jsonl'), [4, 'a', 'the journal DIR/data/j.db']],
  ['the journal through a linked directory', sink('a', './alias/j.db-wal'), [4, 'a', 'the journal DIR/data/j.db']],
  ['the configuration', sink('a', './callboard.yaml'), [4, 'a', 'the configuration']],
  ['the file of another sink', sink('a', './x.jsonl') + sink('b', './x.jsonl'), [5, 'b', 'the sink "a"']],
  [
    'the file of two other sinks',
    sink('a', './x.jsonl') + sink('b', 'x.jsonl') + sink('c', './y/../x.jsonl'),
    [5, 'b', 'the sink "a"'],
    [6, 'c', 'the sink "a"'],
  ],
  [
    'a file of another sink through a linked directory, although no file exists yet',
    sink('a', './data/new/x.jsonl') + sink('b', './alias/new/x.jsonl'),
    [5, 'b', 'the sink "a"'],
  ],
  ['the template of another sink', sink('a', './{command}.jsonl') + sink('b', './{command}.jsonl'), [5, 'b', 'the sink "a"']],
  [
    'a rotated file of another sink',
    sink('a', './x.jsonl', ', rotate: { every: day }') + sink('b', './x@2026-11-23T10-00-00-000Z.jsonl'),
    [5, 'b', 'the sink "a", when it rotates'],
  ],
]

const separate: readonly (readonly [name: string, sinks: string])[] = [
  ['a file beside the journal', sink('a', './data/j.db.jsonl') + sink('b', './data/j.jsonl')],
  ['a template beside the journal', sink('a', './data/{command}.jsonl')],
  ['different templates', sink('a', './{command}.jsonl') + sink('b', './{app}-{command}.jsonl') + sink('c', './x/{command}.jsonl')],
  ['a template and a file', sink('a', './{command}.jsonl') + sink('b', './audit.jsonl')],
  [
    'a file with the name of a rotated one, while nothing rotates',
    sink('a', './x.jsonl') + sink('b', './x@2026-11-23T10-00-00-000Z.jsonl'),
  ],
]

describe('the file of a file sink', () => {
  const problemsOf = (text: string, purpose: 'read' | 'reload' | 'start' | 'check') =>
    inDirectory({ 'callboard.yaml': text }, async (directory) => {
      await mkdir(join(directory, 'data'))
      await symlink('data', join(directory, 'alias'))
      await writeFile(join(directory, 'foreign.txt'), 'HEADER\n1\n')
      await writeFile(join(directory, 'data/j.db'), '')
      await symlink('data/j.db', join(directory, 'link.jsonl'))
      if (text.includes('hard.jsonl')) await link(join(directory, 'data/j.db'), join(directory, 'hard.jsonl'))
      const before = await readdir(directory, { recursive: true })
      const found = lines(await readConfig(join(directory, 'callboard.yaml'), {}, purpose)).map((line) => line.replaceAll(directory, 'DIR'))
      expect(await readdir(directory, { recursive: true })).to.deep.equal(before)
      return found
    })

  for (const [name, sinks, ...refused] of collisions) {
    it(`must not be ${name}, which check and start report at the path of the sink`, async () => {
      for (const purpose of ['start', 'check'] as const) {
        const found = (await problemsOf(config(sinks), purpose)).filter((line) => line.includes('uses this file'))
        expect(found.map((line) => line.replace(/cannot write to \S+: /, ''))).to.deep.equal(
          refused.map(([line, each, by]) => `${line}:${column(each)} ${by} uses this file; choose another path`),
        )
      }
      expect(await problemsOf(config(sinks), 'read')).to.deep.equal([])
      expect(await problemsOf(config(sinks), 'reload')).to.deep.equal([])
    })
  }

  for (const [name, sinks] of separate) {
    it(`may be ${name}`, async () => {
      expect(await problemsOf(config(sinks), 'start')).to.deep.equal([])
      expect(await problemsOf(config(sinks), 'check')).to.deep.equal([])
    })
  }

  for (const [name, path, problem] of [
    ['a directory', './data', /^4:\d+ cannot write to DIR\/data: it is a directory/],
    ['below a file', './callboard.yaml/x.jsonl', /^4:\d+ cannot make DIR\/callboard\.yaml: .* is not a directory; choose another path$/],
    ['a file of another program', './foreign.txt', /^4:\d+ cannot write to DIR\/foreign\.txt: another program wrote this file/],
    [
      'a template below a file',
      './foreign.txt/{command}.jsonl',
      /^4:\d+ cannot make DIR\/foreign\.txt: .* is not a directory; choose another path$/,
    ],
    [
      'two levels below a file',
      './foreign.txt/a/x.jsonl',
      /^4:\d+ cannot make DIR\/foreign\.txt\/a: .* is not a directory; choose another path$/,
    ],
  ] as const) {
    it(`must not be ${name}, which check reports at the path of the sink and start does not`, async () => {
      const text = config(sink('a', path))
      const found = await problemsOf(text, 'check')
      expect(found).to.have.length(1)
      expect(found[0]).to.match(problem)
      expect(await problemsOf(text, 'start')).to.deep.equal([])
    })
  }

  it('may have the name of a journal that is only in memory', async () => {
    expect(await problemsOf(config(sink('a', './data/k.db'), 'use: memory'), 'check')).to.deep.equal([])
  })
})

import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { linesOf, runProgram, startServer, tempDirectory } from './program.ts'

const core = fileURLToPath(new URL('../../core', import.meta.url))

const yaml = (plugins: readonly string[], sinks = 'audit: { use: file, path: ./audit.jsonl }') => `apps:
  - sdkAppId: 1400000000
    tokens: ["T"]
listen: { port: 0 }
admin: { port: 0, token: key }
journal: { use: sqlite, path: ./callboard.db }
plugins: [${plugins.join(', ')}]
sinks: { ${sinks} }
routes: { "*": [audit] }
`

/** Runs the work in a directory with a configuration and modules in JavaScript, which can import core as an installed package. */
const inProject = async (config: string, modules: Readonly<Record<string, string>>, work: (dir: string) => Promise<void>) => {
  const { dir, remove } = await tempDirectory(config)
  try {
    await mkdir(join(dir, 'node_modules/@callboard'), { recursive: true })
    await symlink(core, join(dir, 'node_modules/@callboard/core'))
    await writeFile(join(dir, 'package.json'), '{ "type": "module" }')
    for (const [name, source] of Object.entries(modules)) await writeFile(join(dir, name), source)
    await work(dir)
  } finally {
    await remove()
  }
}

const importCore = "import { definePlugin, defineSink, string, struct } from '@callboard/core'\n"
const plugin = (command: string, more = '') =>
  `${importCore}export default definePlugin({ command: '${command}', title: 'X', body: struct({ GroupId: string }), sample: { GroupId: 'g' }, ${more} })\n`

describe('a plugin or a sink in JavaScript with mistakes', () => {
  const wrong: readonly (readonly [name: string, config: string, source: string, errors: readonly RegExp[]])[] = [
    [
      'a misspelt `command`',
      yaml(['./x.js']),
      plugin('Group.X').replace('command', 'comand'),
      [
        /^callboard\.yaml:7:11: \.\/x\.js: a plugin needs a command: a text such as "Group\.CallbackAfterGroupDestroyed"/,
        /^callboard\.yaml:7:11: \.\/x\.js: unknown key "comand", did you mean "command"\?$/,
      ],
    ],
    [
      'a body that is a plain object',
      yaml(['./x.js']),
      plugin('Group.X').replace('struct({ GroupId: string })', '{ GroupId: string }'),
      [/^callboard\.yaml:7:11: \.\/x\.js: plugin Group\.X: body: expected an io-ts codec.*, got an object$/],
    ],
    [
      'a kind of sink without `open`',
      yaml([], 'audit: { use: ./x.js }'),
      `${importCore}export default defineSink({ kind: 'queue', options: struct({}), opne: () => {} })\n`,
      [
        /^callboard\.yaml:8:24: \.\/x\.js: sink kind queue: a kind of sink needs an open: a function$/,
        /^callboard\.yaml:8:24: \.\/x\.js: sink kind queue: unknown key "opne", did you mean "open"\?$/,
      ],
    ],
  ]
  for (const [name, config, source, errors] of wrong) {
    it(`such as ${name} is named with its file by check and start, exit 78, without a stack`, () =>
      inProject(config, { 'x.js': source }, async (dir) => {
        for (const command of ['check', 'start']) {
          const { code, err } = await runProgram([command], { cwd: dir })
          expect(code, err).to.equal(78)
          expect(err).not.to.match(/^\s+at /m)
          const lines = err.split('\n').filter((line) => /^callboard\.yaml:\d+:\d+: /.test(line))
          expect(lines).to.have.length(errors.length)
          for (const [index, error] of errors.entries()) expect(lines[index]).to.match(error)
        }
      }))
  }
})

describe('a running server with bad plugins', () => {
  const commands = ['Bad.Throws', 'Bad.Hangs', 'Bad.Key', 'Good.Plugin']
  const modules = {
    // `start` runs the key and the hooks on the sample, so these fail only for other bodies.
    'throws.js': plugin('Bad.Throws', "hooks: { file: ({ body }) => { if (body.GroupId !== 'g') throw new Error('boom'); return body } }"),
    'hangs.js': plugin('Bad.Hangs', "hooks: { file: ({ body }) => (body.GroupId === 'g' ? body : new Promise(() => {})) }"),
    'key.js': plugin('Bad.Key', "key: ({ GroupId }) => (GroupId === 'g' ? GroupId : Promise.reject(new Error('late')))"),
    'good.js': plugin('Good.Plugin'),
    'exits.js': plugin('Bad.Exits', 'hooks: { file: ({ body }) => (body.GroupId === "exit" ? process.exit(3) : body) }'),
  }
  const sink = 'audit: { use: file, path: ./audit.jsonl, retry: "", order: false }'
  const deadErrors = async (dir: string): Promise<readonly string[]> => {
    const { out } = await runProgram(['dead', 'list', '--json'], { cwd: dir })
    return linesOf(out)
      .flatMap(({ deliveries }) => deliveries.map(({ error }: { error: string }) => error))
      .toSorted()
  }
  const commandsIn = async (dir: string) => linesOf(await readFile(join(dir, 'audit.jsonl'), 'utf8')).map(({ command }) => command)

  it('answers in time, delivers for the good ones, and shows the mistakes of the others as dead or quarantined [F18]', () =>
    inProject(yaml(['./throws.js', './hangs.js', './key.js', './good.js'], sink), modules, async (dir) => {
      const server = await startServer({ cwd: dir })
      try {
        for (const command of commands)
          expect(await server.callboard('send', command, '--to', server.url, '--set', 'GroupId=x'), command).to.include({ code: 0 })
        let errors = await deadErrors(dir)
        while (errors.length < 2) errors = await deadErrors(dir)
        expect(errors[0]).to.match(/^hook file of plugin Bad\.Hangs returned a Promise/)
        expect(errors[1]).to.match(/^hook file of plugin Bad\.Throws threw: boom \(file:.*throws\.js:\d+:\d+\)$/)
        expect(await commandsIn(dir)).to.deep.equal(['Good.Plugin'])
        const { out } = await server.callboard('events', 'list', '--json', '--status', 'quarantined')
        expect(linesOf(out).map(({ command }) => command)).to.deep.equal(['Bad.Key'])
      } finally {
        const { code, out, err } = await server.stop('SIGTERM')
        expect(code).to.equal(0)
        expect(err).to.equal('')
        expect(out).to.match(/"reasons":\["key of plugin Bad\.Key returned a Promise/)
        expect(out).to.match(/"stack":"Error: boom\\n.*throws\.js/)
      }
    }))

  it('ends an event whose hook calls process.exit as dead after some restarts, and delivers the others [F18]', () =>
    inProject(yaml(['./exits.js', './good.js'], sink), modules, async (dir) => {
      const send = (url: string, command: string, group: string) =>
        runProgram(['send', command, '--to', url, '--set', `GroupId=${group}`], { cwd: dir })
      const first = await startServer({ cwd: dir })
      // The event is stored and answered before the hook runs.
      expect(await send(first.url, 'Bad.Exits', 'exit')).to.include({ code: 0 })
      expect((await first.ended).code).to.equal(3)
      let restarts = 0
      let errors: readonly string[] = []
      while (errors.length === 0 && restarts < 10) {
        restarts += 1
        await startServer({ cwd: dir }).then(
          async (server) => {
            const delivers = send(server.url, 'Good.Plugin', 'x').then(({ code }) => code === 0)
            if (await Promise.race([server.ended.then(() => false), delivers])) errors = await deadErrors(dir)
            await server.stop('SIGTERM')
          },
          // It ended before it was ready.
          () => {},
        )
      }
      expect(errors).to.deep.equal(['the process ended during each of its last attempts'])
      expect(await commandsIn(dir)).to.include('Good.Plugin')
    }))
})

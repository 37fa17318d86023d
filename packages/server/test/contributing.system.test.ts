import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openReader } from '@callboard/journal'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { bin, linesOf, type RunningProgram, startShell, tempDirectory } from './program.ts'

// Runs the commands of CONTRIBUTING line by line. Here, npm and npx take every package from this repository.

const linking = fileURLToPath(new URL('./link-dependencies.ts', import.meta.url))
const NPM = `#!/bin/sh\n[ "$1" = install ] && exec "${process.execPath}" "${linking}"\nPATH="\${PATH#*:}" exec npm "$@"\n`
const NPX = `#!/bin/sh\n[ "$1" = callboard ] && shift && exec "${process.execPath}" "${bin}" "$@"\nexit 64\n`

/** The code blocks of a section, in order. */
const blocksOf = async (title: string): Promise<readonly string[]> => {
  const text = await readFile(new URL('../../../CONTRIBUTING.md', import.meta.url), 'utf8')
  const section = text.split(/^## /m).find((each) => each.startsWith(`${title}\n`)) ?? ''
  return [...section.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
}

describe('the commands of CONTRIBUTING.md', () => {
  let place: Awaited<ReturnType<typeof tempDirectory>>
  let server: RunningProgram | undefined

  before(async () => {
    place = await tempDirectory()
    const tools = join(place.dir, 'tools')
    await mkdir(tools)
    for (const [name, text] of Object.entries({ npm: NPM, npx: NPX })) {
      await writeFile(join(tools, name), text)
      await chmod(join(tools, name), 0o755)
    }
  })
  after(async () => {
    server?.child.kill('SIGKILL')
    await server?.ended
    await place.remove()
  })

  const run = (...lines: string[]): RunningProgram =>
    startShell(lines.join('\n'), { cwd: place.dir, env: { PATH: [join(place.dir, 'tools'), process.env.PATH].join(delimiter) } })

  it('make a plugin and a sink that pass their suites and run in the server', async () => {
    const [making = '', yaml = '', serving = ''] = await blocksOf('A callback or a sink of your own')
    for (const line of making.trim().split('\n')) {
      const { code, out, err } = await run(line).ended
      expect(code, `${line}\n${out}${err}`).to.equal(0)
      if (line.includes('npm test')) expect(out).to.match(/is a (plugin|sink)[\s\S]*passing/)
    }

    await writeFile(join(place.dir, 'callboard.yaml'), `${yaml}listen: { port: 0 }\nadmin: { port: 0 }\n`)
    const [exporting = '', checking = '', starting = '', sending = '', ...others] = serving.trim().split('\n')
    expect(others).to.deep.equal([])
    expect((await run(exporting, checking).ended).out).to.contain('callboard.yaml: OK')
    server = run(exporting, `exec ${starting}`)
    const [, url = ''] = await server.prints(/callback URL: (\S+?)[\s"]/)
    const sent = await run(exporting, sending.replace(/ *#.*/, ` --to ${url}`)).ended
    expect(sent.out).to.contain('HTTP 200 {"ActionStatus":"OK"')
    const [, command, sink = ''] = /new plugin (\S+)\n[\s\S]*new sink (\S+)/.exec(making) ?? []
    const reader = openReader(join(place.dir, 'data/callboard.db'))
    await until(() => reader.stats().sinks[sink]?.delivered === 1)
    reader.close()
    server.child.kill('SIGTERM')
    expect((await server.ended).code).to.equal(0)

    const listed = linesOf((await run(exporting, 'npx callboard events list --json').ended).out)
    expect(listed).to.have.length(1)
    expect(listed[0]).to.deep.include({ command, status: 'accepted', deliveries: [{ sink, state: 'delivered', attempts: 1 }] })
    const [kept] = linesOf(await readFile(join(place.dir, `${sink}.jsonl`), 'utf8'))
    expect(kept).to.deep.include({ id: listed[0].id, command })
    expect(kept.payload.GroupId).to.equal('@TGS#1')
  })
})

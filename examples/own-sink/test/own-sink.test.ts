import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { describeSink, eventOf } from '@callboard/testing'
import { expect } from 'chai'
import { runExample } from '../../run-example.ts'
import table from '../table.ts'

describeSink(
  'table',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'callboard-table-'))
    return { sink: table({ path: join(dir, 'reports.db') }), clean: () => rm(dir, { recursive: true }) }
  },
  { event: eventOf(groupDestroyed), wrong: [table.configure({}), table.configure({ path: 'x', tabel: 'y' })] },
)

describe('examples/own-sink', () => {
  it('writes a row for each event', () =>
    runExample(import.meta.url, async ({ dir, run, script }) => {
      const env = { IM_TOKEN: 'secret', PORT: '0', ADMIN_PORT: '0' }
      const server = await script('start', env)
      const [, url] = await server.waitForOutput(/callback URL: ([^\s"]+)/)
      expect(await run(`callboard send Group.CallbackAfterGroupDestroyed --count 3 --to ${url}`, env).exitCode).to.equal(0)
      expect(await server.stop()).to.equal(0)
      const database = new DatabaseSync(join(dir, 'reports.db'))
      const rows = database.prepare('select command, about, body from events').all()
      database.close()
      expect(rows.length).to.equal(3)
      for (const row of rows) {
        expect(row).to.include({ command: 'Group.CallbackAfterGroupDestroyed', about: '@TGS#1' })
        expect(JSON.parse(String(row.body))).to.include({ Name: 'MyFirstGroup' })
      }
    }))
})

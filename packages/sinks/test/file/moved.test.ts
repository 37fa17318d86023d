import { mkdir, readdir, readFile, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type SinkWriter, silentLog } from '@callboard/core'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { openFile } from '../../src/file/open-file.ts'
import { createRotatingFile } from '../../src/file/rotating-file.ts'
import { delivery, errorOf, idsOf, inDirectory, linesOf, live, opened, openFiles } from './sink.ts'

const write = (open: SinkWriter, id: string) => open.write(delivery({ id }), live())

/** A path with a line in it, and what may be done to it between two lines. */
const between = (change: (path: string, directory: string) => Promise<unknown>, then: (path: string, directory: string) => Promise<void>) =>
  inDirectory(async (directory) => {
    const path = join(directory, 'logs/audit.jsonl')
    await opened({ path }, async (open) => {
      await write(open, '1')
      await change(path, directory)
      await write(open, '2')
      expect(await openFiles(directory)).to.equal(1)
    })
    await then(path, directory)
  })

describe('a file that somebody else moves', () => {
  it('goes on in a new one where it was renamed', () =>
    between(
      (path) => rename(path, `${path}.1`),
      async (path) => {
        expect(await idsOf(`${path}.1`)).to.deep.equal(['1'])
        expect(await idsOf(path)).to.deep.equal(['2'])
      },
    ))

  it('goes on in the one that was put in its place', () =>
    between(
      async (path) => {
        await rename(path, `${path}.1`)
        await writeFile(path, `${JSON.stringify({ id: 'theirs', text: 'x'.repeat(1_000) })}\n`)
      },
      async (path) => void expect(await idsOf(`${path}.1`, path)).to.deep.equal(['1', 'theirs', '2']),
    ))

  it('goes on in a new one where it was removed, and its directory with it', async () => {
    await between(unlink, async (path) => void expect(await idsOf(path)).to.deep.equal(['2']))
    await between(
      (_, directory) => rm(join(directory, 'logs'), { recursive: true }),
      async (path) => void expect(await idsOf(path)).to.deep.equal(['2']),
    )
  })

  it('goes on at the beginning where it was emptied, as copytruncate does', () =>
    between(
      (path) => truncate(path),
      async (path) => {
        expect(await idsOf(path)).to.deep.equal(['2'])
        expect((await readFile(path)).includes(0)).to.equal(false)
      },
    ))

  it('cuts off half a line where it was cut in the middle of one', () =>
    between(
      (path) => truncate(path, 20),
      async (path) => void expect(await idsOf(path)).to.deep.equal(['2']),
    ))

  it('is not followed out of its directory', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'logs/audit.jsonl')
      await mkdir(join(directory, 'elsewhere'))
      await opened({ path }, async (open) => {
        await write(open, '1')
        await rename(path, join(directory, 'elsewhere/audit.jsonl'))
        await symlink(join(directory, 'elsewhere/audit.jsonl'), path)
        expect((await errorOf(write(open, '2'))).code).to.equal('ELOOP')
      })
      expect(await idsOf(join(directory, 'elsewhere/audit.jsonl'))).to.deep.equal(['1'])
    }))

  it('does not count lines as delivered that went into a file which was moved, removed or emptied in that moment', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      for (const change of [(each: string) => rename(each, `${each}.1`), unlink, (each: string) => truncate(each)]) {
        const open = () => openFile(directory, path, () => {})
        const target = createRotatingFile({ path, open, now: Date.now, onRotated: () => {}, onRemoveFailed: () => {} })
        await writeFile(path, '{"id":"1"}\n')
        const current = await target.prepare(await open(), 10)
        await target.confirm(current)
        await change(path)
        expect((await errorOf(target.confirm(current))).message).to.match(
          /^another program moved, removed or truncated .*audit\.jsonl during the write/,
        )
        await current.file.close()
      }
    }))

  it('loses no line and tears none while it is renamed again and again under way', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      const ids = Array.from({ length: 2_000 }, (_, each) => String(each))
      let moved = 0
      await opened({ path, rotate: { size: '64KiB' } }, async (open) => {
        let left = ids.length
        /** Tries as often as it takes, as deliveries do. */
        const deliver = async (id: string): Promise<void> => {
          try {
            await write(open, id)
          } catch {
            return deliver(id)
          }
        }
        const some = async (from: number) => {
          for (let each = from; each < ids.length; each += 50) {
            await deliver(ids[each] ?? '')
            left -= 1
          }
        }
        const moving = async () => {
          while (left > 0) {
            const found = await rename(path, join(directory, `moved-${moved}`)).then(
              () => true,
              () => false,
            )
            if (found) moved += 1
            const before = left
            await until(() => left === 0 || left < before)
          }
        }
        await Promise.all([moving(), ...Array.from({ length: 50 }, (_, from) => some(from))])
      })
      expect(moved).to.be.above(3)
      const files = (await readdir(directory)).map((name) => join(directory, name))
      const written = await Promise.all(files.map(async (each) => ((await readFile(each, 'utf8')) === '' ? [] : idsOf(each))))
      expect([...new Set(written.flat())].sort()).to.deep.equal([...ids].sort())
    }))

  it('is told once where it was repaired', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      const warned: unknown[] = []
      const log = { ...silentLog, warn: (fields: unknown) => warned.push(fields) }
      await opened(
        { path },
        async (open) => {
          await write(open, '1')
          await truncate(path, 20)
          await write(open, '2')
          await write(open, '3')
        },
        { log },
      )
      expect(warned).to.deep.equal([{ sink: 'audit', path, bytes: 20 }])
      expect(await linesOf(path)).to.have.length(2)
    }))
})

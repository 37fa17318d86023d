import { readdir, readFile, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type SinkWriter, silentLog } from '@callboard/core'
import { until } from '@callboard/testing'
import { expect } from 'chai'
import { openFile } from '../../src/file/open-file.ts'
import { createRotatingFile } from '../../src/file/rotating-file.ts'
import {
  countOpenFiles,
  delivery,
  errorOf,
  event,
  idsOf,
  linesOf,
  lineWithId,
  neverAborted,
  withFileSink,
  withTemporaryDirectory,
} from './file-sink-fixture.ts'

const write = (writer: SinkWriter, id: string) => writer.write(delivery({ id }), neverAborted())

/** Writes a line, calls `change`, writes a second line to the same path, and then calls `check`. */
const changeBetweenWrites = (
  change: (path: string, directory: string) => Promise<unknown>,
  check: (path: string, directory: string) => Promise<void>,
) =>
  withTemporaryDirectory(async (directory) => {
    const path = join(directory, 'logs/audit.jsonl')
    await withFileSink({ path }, async (writer) => {
      await write(writer, '1')
      await change(path, directory)
      await write(writer, '2')
      expect(await countOpenFiles(directory)).to.equal(1)
    })
    await check(path, directory)
  })

describe('file sink whose file another program changes', () => {
  it('writes to a new file after another program renames the current file', () =>
    changeBetweenWrites(
      (path) => rename(path, `${path}.1`),
      async (path) => {
        expect(await idsOf(`${path}.1`)).to.deep.equal(['1'])
        expect(await idsOf(path)).to.deep.equal(['2'])
      },
    ))

  it('appends to the file with which another program replaces the current file', () =>
    changeBetweenWrites(
      async (path) => {
        await rename(path, `${path}.1`)
        await writeFile(path, lineWithId('other', { text: 'x'.repeat(1_000) }))
      },
      async (path) => void expect(await idsOf(`${path}.1`, path)).to.deep.equal(['1', 'other', '2']),
    ))

  it('writes to a new file after another program removes the file or its directory', async () => {
    await changeBetweenWrites(unlink, async (path) => void expect(await idsOf(path)).to.deep.equal(['2']))
    await changeBetweenWrites(
      (_, directory) => rm(join(directory, 'logs'), { recursive: true }),
      async (path) => void expect(await idsOf(path)).to.deep.equal(['2']),
    )
  })

  it('writes at offset 0 after another program truncates the file to zero bytes, as logrotate copytruncate does', () =>
    changeBetweenWrites(
      (path) => truncate(path),
      async (path) => {
        expect(await idsOf(path)).to.deep.equal(['2'])
        expect((await readFile(path)).includes(0)).to.equal(false)
      },
    ))

  it('removes an incomplete last line after another program truncates the file in the middle of a line', () =>
    changeBetweenWrites(
      (path) => truncate(path, 20),
      async (path) => void expect(await idsOf(path)).to.deep.equal(['2']),
    ))

  it('follows a symbolic link with which another program replaces a file without placeholders, and rejects one below a placeholder', () =>
    withTemporaryDirectory(async (directory) => {
      for (const [template, code] of [
        [join(directory, 'named/audit.jsonl'), undefined],
        [join(directory, 'filled/{command}.jsonl'), 'ELOOP'],
      ] as const) {
        const path = template.replace('{command}', event.command)
        const elsewhere = join(directory, `elsewhere-${code}`)
        await withFileSink({ path: template }, async (writer) => {
          await write(writer, '1')
          await rename(path, elsewhere)
          await symlink(elsewhere, path)
          if (code === undefined) await write(writer, '2')
          else expect((await errorOf(write(writer, '2'))).code).to.equal(code)
        })
        expect(await idsOf(elsewhere)).to.deep.equal(code === undefined ? ['1', '2'] : ['1'])
      }
    }))

  it('rejects a write if another program renames, removes or truncates the file during the write', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      for (const change of [(file: string) => rename(file, `${file}.1`), unlink, (file: string) => truncate(file)]) {
        const open = () => openFile({ root: directory, isTemplate: false }, path, () => {})
        const target = createRotatingFile({ path, followsLinks: true, open, now: Date.now, onRotated: () => {}, onRemoveFailed: () => {} })
        await writeFile(path, lineWithId('1'))
        const current = await target.prepare(await open(), 10)
        await target.confirm(current)
        await change(path)
        expect((await errorOf(target.confirm(current))).message).to.match(
          /^another program moved, removed or truncated .*audit\.jsonl during the write/,
        )
        await current.file.close()
      }
    }))

  it('stores all lines completely while another program renames the file repeatedly [F36]', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      const ids = Array.from({ length: 2_000 }, (_, each) => String(each))
      let renameCount = 0
      await withFileSink({ path, rotate: { size: '64KiB' } }, async (writer) => {
        let remaining = ids.length
        /** Repeats the write until it succeeds, as core retries a delivery. */
        const deliver = async (id: string): Promise<void> => {
          try {
            await write(writer, id)
          } catch {
            return deliver(id)
          }
        }
        const deliverEvery50th = async (from: number) => {
          for (let each = from; each < ids.length; each += 50) {
            await deliver(ids[each] ?? '')
            remaining -= 1
          }
        }
        const renameRepeatedly = async () => {
          while (remaining > 0) {
            const isRenamed = await rename(path, join(directory, `moved-${renameCount}`)).then(
              () => true,
              () => false,
            )
            if (isRenamed) renameCount += 1
            const before = remaining
            await until(() => remaining === 0 || remaining < before)
          }
        }
        await Promise.all([renameRepeatedly(), ...Array.from({ length: 50 }, (_, from) => deliverEvery50th(from))])
      })
      expect(renameCount).to.be.above(3)
      const files = (await readdir(directory)).map((name) => join(directory, name))
      const storedIds = await Promise.all(files.map(async (each) => ((await readFile(each, 'utf8')) === '' ? [] : idsOf(each))))
      expect([...new Set(storedIds.flat())].sort()).to.deep.equal([...ids].sort())
    }))

  it('logs one warning when it removes an incomplete line', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      const warnings: unknown[] = []
      const log = { ...silentLog, warn: (fields: unknown) => warnings.push(fields) }
      await withFileSink(
        { path },
        async (writer) => {
          await write(writer, '1')
          await truncate(path, 20)
          await write(writer, '2')
          await write(writer, '3')
        },
        { log },
      )
      expect(warnings).to.deep.equal([{ sink: 'audit', path, bytes: 20 }])
      expect(await linesOf(path)).to.have.length(2)
    }))
})

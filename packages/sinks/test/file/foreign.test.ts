import { copyFile, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLog } from '@callboard/core'
import { findFileProblem } from '@callboard/sinks'
import { expect } from 'chai'
import fc from 'fast-check'
import { delivery, errorOf, idsOf, lineWithId, neverAborted, withFileSink, withTemporaryDirectory } from './file-sink-fixture.ts'

const ZEROS = '\u0000'.repeat(5_000)
const OURS = lineWithId('1')

const FOREIGN: Readonly<Record<string, string | Buffer>> = {
  'a header, zeros and three bytes': `HEADER\n${ZEROS}abc`,
  'zeros and three bytes': `${ZEROS}abc`,
  'zeros, a newline and zeros': `${ZEROS}\n${ZEROS}`,
  'text without a newline at the end': 'first line\nmy diary',
  'text with a newline at the end': 'first line\nmy diary\n',
  'one byte': 'x',
  'one newline': '\n',
  'an SQLite database': Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4_080, 7), Buffer.from('\n'), Buffer.alloc(500)]),
  'a write-ahead log of SQLite': Buffer.concat([Buffer.from('377f0682002de218', 'hex'), Buffer.alloc(4_096), Buffer.from('\n\0\0\0')]),
  'another JSON file': '{"id":"1","name":"x"}\n{"id":"2","na',
  'a JSON object with a number as id': '{"id":1,"app":1,"command":"A.B"}\n',
  'our lines behind a byte order mark': `\ufeff${OURS}{"id":"`,
  'a byte order mark': '\ufeff',
  'our lines and a last line of another program': `${OURS}my diary`,
  'our lines, zeros and three bytes': `${OURS}${ZEROS}abc`,
  'a control character in an id': '{"id":"\u0001',
  'our lines behind an empty line': `\n${OURS}`,
}

/** Returns whether the first bytes, up to a zero, are those of a line of the sink. */
const mayBeginLine = (bytes: Buffer): boolean => '{"id":"'.startsWith(bytes.toString('latin1', 0, 7).split('\0', 1)[0] ?? '')

/** Writes one event to a file with this content. Expects that the sink refuses it and leaves every byte. */
const expectRefusal = async (path: string, content: string | Buffer): Promise<string> => {
  await writeFile(path, content)
  const before = await readFile(path)
  let message = ''
  await withFileSink({ path }, async (writer) => {
    for (const _ of [1, 2]) message = (await errorOf(writer.write(delivery(), neverAborted()))).message
  })
  expect((await readFile(path)).equals(before)).to.equal(true)
  return message
}

describe('file sink at the file of another program', () => {
  for (const [name, content] of Object.entries(FOREIGN)) {
    it(`refuses ${name}, says so at the start, and changes no byte`, () =>
      withTemporaryDirectory(async (directory) => {
        const path = join(directory, 'file')
        const message = await expectRefusal(path, content)
        expect(message).to.equal(
          `cannot write to ${path}: another program wrote this file, or its last line; move the file away, or choose another path`,
        )
        expect(await findFileProblem(path)).to.equal(message)
        const warnings: unknown[] = []
        await withFileSink({ path }, async () => {}, { log: { ...silentLog, warn: (fields) => warnings.push(fields) } })
        expect(warnings).to.deep.equal([{ sink: 'audit', error: message }])
      }))
  }

  it('never changes a byte of any content that does not begin with a line of the sink', () =>
    withTemporaryDirectory(async (directory) => {
      const pieces = fc.oneof(
        fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
        fc.constantFrom('\n', '{"id":"', ',"app":', OURS, OURS.slice(0, 20), ZEROS, 'x'.repeat(70_000)).map((text) => Buffer.from(text)),
      )
      const contents = fc
        .array(pieces, { minLength: 1, maxLength: 8 })
        .map((parts) => Buffer.concat(parts))
        .filter((bytes) => bytes.some((byte) => byte !== 0) && (bytes[0] === 0 || !mayBeginLine(bytes)))
      await fc.assert(
        fc.asyncProperty(contents, async (content) => void (await expectRefusal(join(directory, 'file'), content))),
        { numRuns: 60 },
      )
    }))

  it('never removes a complete line, whatever follows our lines', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'file')
      const tails = fc.oneof(
        fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
        fc.nat(OURS.length).map((length) => Buffer.from(OURS.slice(0, length))),
        fc.nat(9_000).map((length) => Buffer.alloc(length)),
      )
      await fc.assert(
        fc.asyncProperty(tails, async (tail) => {
          const content = Buffer.concat([Buffer.from(OURS), tail])
          await writeFile(path, content)
          const isWritten = await withFileSink({ path }, async (writer) => writer.write(delivery(), neverAborted())).then(
            () => true,
            () => false,
          )
          const kept = content.subarray(0, isWritten ? content.lastIndexOf('\n') + 1 : content.length)
          expect((await readFile(path)).subarray(0, kept.length).equals(kept)).to.equal(true)
        }),
        { numRuns: 60 },
      )
    }))

  it('writes to an empty file, and to its own lines', () =>
    withTemporaryDirectory(async (directory) => {
      for (const content of ['', OURS, ZEROS]) {
        const path = join(directory, 'file')
        await writeFile(path, content)
        expect(await findFileProblem(path)).to.equal(undefined)
        await withFileSink({ path }, async (writer) => void (await writer.write(delivery({ id: '2' }), neverAborted())))
        expect(await idsOf(path)).to.deep.equal(content === OURS ? ['1', '2'] : ['2'])
      }
    }))

  it('refuses a file of 10 GiB without a line end at once', () =>
    withTemporaryDirectory(async (directory) => {
      for (const content of ['', 'x', OURS.trimEnd()]) {
        const path = join(directory, 'huge')
        const file = await open(path, 'w')
        await file.write(content)
        await file.truncate(10 * 2 ** 30)
        await file.close()
        const started = Date.now()
        expect(await findFileProblem(path)).to.match(/another program wrote this file/)
        expect(Date.now() - started).to.be.below(5_000)
      }
    }))

  it('refuses the files of a database by their names, without opening them', () =>
    withTemporaryDirectory(async (directory) => {
      await writeFile(join(directory, 'journal.db'), '')
      for (const suffix of ['-wal', '-shm', '.lock', '.reserve']) {
        const path = join(directory, `journal.db${suffix}`)
        await writeFile(path, '')
        expect(await findFileProblem(path)).to.equal(`cannot write to ${path}: it belongs to an SQLite database; choose another path`)
        await withFileSink({ path }, async (writer) => {
          expect((await errorOf(writer.write(delivery(), neverAborted()))).message).to.match(/belongs to an SQLite database/)
        })
      }
      expect(await findFileProblem(join(directory, 'journal.db'))).to.match(/belongs to an SQLite database/)
    }))

  it('reads its rotated files as its own', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      await withFileSink({ path }, async (writer) => void (await writer.write(delivery({ id: '1' }), neverAborted())))
      const copy = join(directory, 'audit@2026-11-23T10-00-00-000Z.jsonl')
      await copyFile(path, copy)
      expect(await findFileProblem(copy)).to.equal(undefined)
    }))
})

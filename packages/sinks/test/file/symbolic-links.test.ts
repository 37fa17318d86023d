import { spawnSync } from 'node:child_process'
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { findFileProblem } from '@callboard/sinks'
import { expect } from 'chai'
import { delivery, errorOf, lineWithId, neverAborted, withFileSink, withTemporaryDirectory } from './file-sink-fixture.ts'

/** Runs the work. Calls `change` right after the given call of a function of `node:fs/promises` with this path. */
const withChangeAfter = async (
  { name, path, call = 1 }: { readonly name: 'lstat' | 'mkdir'; readonly path: string; readonly call?: number },
  change: () => Promise<void>,
  work: () => Promise<void>,
): Promise<void> => {
  const original = fs[name]
  let calls = 0
  const replacement = async (...args: readonly unknown[]): Promise<unknown> => {
    try {
      return await Reflect.apply(original, fs, args)
    } finally {
      if (args[0] === path) {
        calls += 1
        if (calls === call) await change()
      }
    }
  }
  const install = (func: unknown) => {
    Reflect.set(fs, name, func)
    syncBuiltinESMExports()
  }
  install(replacement)
  try {
    await work()
    expect(calls).to.be.at.least(call)
  } finally {
    install(original)
  }
}

describe('a file sink whose file or directory another program replaces by a symbolic link', () => {
  /** A sink that opens this file for writing would remove its last line. */
  const OUTSIDE = `${lineWithId('1')}{"id":"2"`

  for (const [what, make] of [
    ['a file', (path: string) => fs.writeFile(path, '')],
    ['no file', async () => {}],
    ['a named pipe', async (path: string) => void expect(spawnSync('mkfifo', [path]).status).to.equal(0)],
  ] as const) {
    it(`rejects the write and does not change the file behind the link, if the sink has just found ${what} [F37]`, () =>
      withTemporaryDirectory(async (directory) => {
        const path = join(directory, '1.jsonl')
        const outside = join(directory, 'outside')
        await make(path)
        await fs.writeFile(outside, OUTSIDE)
        const replace = async () => {
          await fs.rm(path, { force: true })
          await fs.symlink(outside, path)
        }
        await withChangeAfter({ name: 'lstat', path }, replace, () =>
          withFileSink({ path: join(directory, '{app}.jsonl') }, async (writer) => {
            expect((await errorOf(writer.write(delivery({ app: 1 }), neverAborted()))).code).to.be.oneOf(['ELOOP', 'EEXIST'])
          }),
        )
        expect(await fs.readFile(outside, 'utf8')).to.equal(OUTSIDE)
      }))
  }

  it('makes a check that has just found the file report the link, and not what is behind it', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'audit.jsonl')
      const outside = join(directory, 'outside')
      await fs.writeFile(path, '')
      await fs.writeFile(outside, OUTSIDE)
      const replace = async () => {
        await fs.rm(path)
        await fs.symlink(outside, path)
      }
      await withChangeAfter({ name: 'lstat', path, call: 2 }, replace, async () => {
        expect(await findFileProblem(path)).to.contain(`cannot write to ${path}: ELOOP; `)
      })
    }))

  it('refuses to write if its new directory is replaced, and writes nothing behind the link [F37]', () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, 'logs')
      const outside = join(directory, 'outside')
      await fs.mkdir(outside)
      const replace = async () => {
        await fs.rmdir(path)
        await fs.symlink(outside, path)
      }
      await withChangeAfter({ name: 'mkdir', path }, replace, async () => {
        const writing = withFileSink(
          { path: join(path, 'audit.jsonl') },
          async (writer) => void (await writer.write(delivery(), neverAborted())),
        )
        expect((await errorOf(writing)).code).to.be.oneOf(['ELOOP', 'ENOTDIR'])
      })
      expect(await fs.readdir(outside)).to.deep.equal([])
    }))
})

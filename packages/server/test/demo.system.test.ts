import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect } from 'chai'
import { linesOf, runProgram, startProgram, tempDirectory } from './program.ts'

describe('`callboard start --demo` of the built program', () => {
  it('without a configuration prints the URL and routes, delivers the sample to every sink, ignores SIGHUP, and takes callbacks', async () => {
    const place = await tempDirectory()
    // The demo's port is taken.
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.once('error', () => resolve()).listen(8080, '127.0.0.1', resolve))
    const demo = startProgram(['start', '--demo'], { cwd: place.dir })
    try {
      await demo.prints(/port 8080 is taken: using \d+ instead/)
      await demo.prints(/Group\.CallbackAfterGroupDestroyed -> Group disbanded -> log, file/)
      const [, url = ''] = await demo.prints(/callback URL: (\S+?)[\s"]/)
      await demo.prints(/demo: sent Group\.CallbackAfterGroupDestroyed, answered HTTP 200 /)
      await demo.prints(/demo: event \S+ delivered to log, file/)
      demo.child.kill('SIGHUP')
      await demo.prints(/reload ignored; the configuration is built in/)
      const [, token = ''] = await demo.prints(/--token (\S+?)[\s"]/)

      const file = join(place.dir, 'data/Group.CallbackAfterGroupDestroyed.jsonl')
      expect(linesOf(await readFile(file, 'utf8'))).to.have.length(1)

      const sent = await runProgram(['send', 'Group.CallbackAfterGroupDestroyed', '--to', url, '--app', '1400000000', '--token', token], {
        cwd: place.dir,
      })
      expect(sent.code, sent.err).to.equal(0)
      const listed = await runProgram(['events', 'list', '--json'], { cwd: place.dir })
      expect(linesOf(listed.out)).to.have.length(2)
    } finally {
      squatter.close()
      demo.child.kill('SIGTERM')
      expect((await demo.ended).code).to.equal(0)
      await place.remove()
    }
  })
})

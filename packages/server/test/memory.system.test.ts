import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { createLoadClient } from './crash/load-client.ts'
import { skipWithout } from './crash/skip-without.ts'
import { receiver, withServer } from './program.ts'

const CONNECTIONS = 32
const REQUESTS = 150
const PADDING = 2 ** 20 - 1_000
const MAX_PEAK_MIB = 512

const yaml = (hook: string) => `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
limits: { queue: 8388608 }
plugins: ["@callboard/plugin-group-destroyed"]
sinks: { crm: { use: webhook, url: "${hook}", unsigned: true, allow: [127.0.0.0/8] } }
routes: { "*": [crm] }
`

/** The largest resident memory that the process had, in MiB. */
const peakOf = async (pid: number | undefined): Promise<number> =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024

describe('bodies of 1 MiB under the built program', () => {
  it(`get 503 beyond the limit of the queue while the journal hangs, take less than ${MAX_PEAK_MIB} MiB of memory, and are accepted again [F15] [F55]`, async function () {
    skipWithout(this, process.platform === 'linux' ? undefined : 'only Linux shows the memory of a process in /proc')
    const hook = await receiver()
    const load = { keys: 64, padding: PADDING }
    try {
      await withServer(
        yaml(hook.url),
        async (server) => {
          const { oks, refused, errors } = await createLoadClient().load(server.url, {
            ...load,
            connections: CONNECTIONS,
            answered: (accepted, others) => accepted + others < REQUESTS,
          })
          const peak = await peakOf(server.child.pid)
          console.log(`      ${oks} answered OK, ${refused.length} refused, at most ${Math.round(peak)} MiB`)
          expect(errors).to.deep.equal([])
          expect(new Set(refused)).to.deep.equal(new Set([503]))
          expect(peak).to.be.below(MAX_PEAK_MIB)
          // The journal may still hang.
          const one = () => createLoadClient().load(server.url, { ...load, connections: 1, answered: () => false })
          while ((await one()).oks === 0);
          expect((await server.stop('SIGTERM')).code).to.equal(0)
        },
        { CALLBOARD_FAILPOINT: 'append:before-commit:2=sleep' },
      )
    } finally {
      await hook.close()
    }
  })
})

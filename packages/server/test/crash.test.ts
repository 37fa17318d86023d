import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'
import { expect } from 'chai'
import { type Got, linesOf, receiver, runProgram, type Started, startProgram, workplace } from './program.ts'

const CONNECTIONS = 64
const KEYS = 16
const KILL_AFTER = [150, 400]

const yaml = (hook: string) => `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
plugins: ["@callboard/plugin-group-destroyed"]
sinks:
  audit: { use: file, path: ./data/audit.jsonl }
  crm: { use: webhook, url: "${hook}", unsigned: true, allow: [127.0.0.0/8] }
routes: { "*": [audit, crm] }
`

const callbackUrl = async (server: Started) => (await server.prints(/callback URL: (\S+?)[\s"]/))[1] ?? ''

/** 64 connections send until the server is killed; gives the serials that were answered OK. */
const sendUntilKilled = async (server: Started, url: string, next: () => number, killAfter: number): Promise<number[]> => {
  const answered: number[] = []
  const connection = async () => {
    for (;;) {
      const serial = next()
      const body = { ...groupDestroyed.sample, GroupId: `g${serial % KEYS}`, EventTime: Date.now(), Serial: serial }
      const answer = await send({ to: url, app: 1400000000, token: 'T', command: groupDestroyed.command, body }).catch(() => undefined)
      if (answer === undefined) return
      if (answer.status === 200) answered.push(serial)
      if (answered.length >= killAfter) server.child.kill('SIGKILL')
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection))
  return answered
}

const serialsAt = (got: readonly Got[]): readonly (readonly [serial: number, id: string])[] =>
  got.map(({ headers, body }) => [JSON.parse(body).Serial, String(headers['webhook-id'])])

describe('kill -9 of the real program', () => {
  it('loses no callback that was answered OK, keeps the order of each key, and repeats only under the same id', async function () {
    this.timeout(120_000)
    const hook = await receiver()
    const place = await workplace(yaml(hook.url))
    const inPlace = { cwd: place.dir }
    try {
      let serial = 0
      const answered: number[] = []
      for (const killAfter of KILL_AFTER) {
        const server = startProgram(['start'], inPlace)
        answered.push(...(await sendUntilKilled(server, await callbackUrl(server), () => serial++, killAfter)))
        await server.ended
      }
      expect(answered.length).to.be.at.least(KILL_AFTER[0] ?? 0)

      const survivor = startProgram(['start'], inPlace)
      await callbackUrl(survivor)
      const pending = async () =>
        linesOf((await runProgram(['events', 'list', '--json', '--state', 'pending', '--limit', '1'], inPlace)).out).length
      while ((await pending()) > 0);
      survivor.child.kill('SIGTERM')
      await survivor.ended

      const stored = linesOf((await runProgram(['events', 'export'], inPlace)).out).map(({ body }) => body.Serial)
      const filed = linesOf(await readFile(join(place.dir, 'data/audit.jsonl'), 'utf8')).map(({ body }) => body.Serial)
      const hooked = serialsAt(hook.got)
      expect(stored).to.include.members(answered)
      expect(filed).to.include.members(answered)
      expect(hooked.map(([each]) => each)).to.include.members(answered)

      const ids = new Map<number, Set<string>>()
      for (const [each, id] of hooked) ids.set(each, (ids.get(each) ?? new Set()).add(id))
      expect([...ids.values()].every((each) => each.size === 1)).to.equal(true)

      const committed = new Map([...stored].reverse().map((each, place) => [each, place]))
      for (let key = 0; key < KEYS; key++) {
        const first = [...new Set(hooked.map(([each]) => each).filter((each) => each % KEYS === key))].map(
          (each) => committed.get(each) ?? -1,
        )
        expect(first, `key g${key}`).to.deep.equal([...first].sort((a, b) => a - b))
      }
    } finally {
      await hook.close()
      await place.remove()
    }
  })
})

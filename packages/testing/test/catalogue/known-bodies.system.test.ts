import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { send, until } from '@callboard/testing'
import { expect } from 'chai'
import { linesOf, sharedServer } from '../../../server/test/program.ts'
import { bodyOf, knownBodies, pluginOf } from './known-bodies.ts'

const decision = fileURLToPath(new URL('../../../server/test/fixtures/messages.ts', import.meta.url))
const yaml = `
apps: [{ sdkAppId: 1400000000, tokens: [T] }]
listen: { port: 0 }
admin: { port: 0 }
journal: { use: sqlite, path: ./callboard.db }
plugins: ["@callboard/plugin-chat", "@callboard/plugin-rtc"]
sinks: { audit: { use: file, path: ./events.jsonl }, log: { use: log } }
routes: { "*": [audit, log] }
decisions: { Group.CallbackBeforeSendMsg: { use: ${decision} } }
`

interface Line {
  readonly command: string
  readonly key: string | null
  readonly body: Readonly<Record<string, unknown>>
}

describe('bodies of all ages in the built program', () => {
  const server = sharedServer(() => yaml)
  const post = (command: string, body: object) => send({ to: server().url, app: 1_400_000_000, command, token: 'T', body })

  /** Waits for the events of the file sink. */
  const delivered = async (count: number): Promise<readonly Line[]> => {
    const file = join(server().dir, 'events.jsonl')
    const lines = (): readonly Line[] => (existsSync(file) ? linesOf(readFileSync(file, 'utf8')) : [])
    await until(() => lines().length >= count)
    return lines()
  }

  it('are accepted, logged, and delivered in the order of their key [F50]', async () => {
    const keys = knownBodies.map(({ command }) => {
      const decoded = pluginOf(command).decode(pluginOf(command).sample)
      return 'reasons' in decoded ? undefined : decoded.key
    })
    const rounds = [1, 2, 3]
    for (const round of rounds) {
      for (const known of knownBodies) {
        const { json } = await post(known.command, { ...bodyOf(known), Round: round, From: known.from })
        expect(json, `${known.command}, ${known.from}`).to.deep.include({ ActionStatus: 'OK', ErrorCode: 0 })
      }
    }
    const lines = await delivered(rounds.length * knownBodies.length)
    const quarantined = await server().callboard('events', 'list', '--json', '--status', 'quarantined')
    expect(linesOf(quarantined.out)).to.deep.equal([])

    const sent = rounds.flatMap((round) =>
      knownBodies.map(({ command, from }, nth) => ({ key: keys[nth], name: `${command} ${from} ${round}` })),
    )
    for (const key of new Set(keys)) {
      if (key === undefined) continue
      const got = lines.filter((line) => line.key === key).map(({ command, body }) => `${command} ${body.From} ${body.Round}`)
      expect(got).to.deep.equal(sent.filter((each) => each.key === key).map(({ name }) => name))
    }
    await server().prints(/unknown sender mentioned a bot in group @TGS#1: TIMTextElem/)
  })

  it('reach the decision although OnlineOnlyFlag and all newer fields are absent [F50]', async () => {
    const { json } = await post('Group.CallbackBeforeSendMsg', {
      GroupId: 'old',
      From_Account: 'user1',
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'spam' } }],
    })
    expect(json).to.deep.include({ ErrorCode: 10_100, ErrorInfo: 'no spam here' })
  })
})

import { allow, decideWith, definePlugin, struct, verdicts } from '@callboard/core'
import { expect } from 'chai'
import * as t from 'io-ts'
import { kind, start, stopAll } from '../test-dispatcher.ts'

describe('the watchdog hook', () => {
  afterEach(stopAll)

  it('is told when foreign code starts and returns, also when it throws', async () => {
    let within = ''
    const seen: string[] = []
    const look = (what: string) => seen.push(`${what}: ${within}`)
    const plugin = definePlugin({
      command: 'Group.CallbackBeforeCreateGroup',
      title: 'Before a group is made',
      body: struct({ GroupId: t.string }),
      key: ({ GroupId }) => {
        look('key')
        return GroupId
      },
      sample: { GroupId: 'g' },
      hooks: {
        log: () => {
          look('hook')
          throw new Error('the hook is broken')
        },
      },
      before: verdicts({ fallback: 'allow' }),
    })
    const { post, dispatcher } = await start({
      plugins: [plugin],
      decisions: [
        decideWith(plugin, () => {
          look('decision')
          return allow
        }),
      ],
      sinks: { broken: kind(() => {})(), mine: () => look('sink') },
      routes: { '*': ['broken', 'mine'] },
      watchdog: {
        enter: (party, name) => {
          within = `${party} ${name}`
        },
        leave: () => {
          within = ''
        },
      },
    })
    await post({ GroupId: 'g' }, plugin.command)
    expect(within).to.equal('')
    await dispatcher.idle()
    expect(within).to.equal('')
    expect(new Set(seen)).to.deep.equal(
      new Set([
        `key: plugin ${plugin.command}`,
        `decision: decision ${plugin.command}`,
        `hook: plugin ${plugin.command}`,
        'sink: sink mine',
      ]),
    )
  })
})

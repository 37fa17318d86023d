import { definePlugin, handle, millis, string, struct } from '@callboard/core'
import { expect } from 'chai'
import { disbanded, start, stopAll } from './test-dispatcher.ts'

const muted = definePlugin({
  command: 'Group.CallbackAfterMemberMuted',
  title: 'Member muted',
  body: struct({ GroupId: string, Member: string }, { EventTime: millis }),
  sample: { GroupId: 'g', Member: 'm' },
})

describe('handle', () => {
  afterEach(stopAll)

  it('calls the handler with the typed events of its plugin, and delivers other events without a call', async () => {
    const groups: string[] = []
    const { post, dispatcher, attempts } = await start({
      plugins: [disbanded, muted],
      sinks: { mine: handle(disbanded, ({ body }) => groups.push(body.GroupId)) },
      routes: { '*': ['mine'] },
    })
    await post({ GroupId: 'a', EventTime: 1 })
    await post({ GroupId: 'b', Member: 'm', EventTime: 2 }, muted.command)
    await post({ GroupId: 7 })
    await dispatcher.idle()
    expect(groups).to.deep.equal(['a'])
    expect(attempts()).to.deep.equal(['mine delivered 1', 'mine delivered 1'])
  })

  it('accepts a list of plugins, and the command tells the bodies apart', async () => {
    const seen: string[] = []
    const { post, dispatcher } = await start({
      plugins: [disbanded, muted],
      sinks: {
        mine: handle([disbanded, muted], (event) => {
          if (event.command === muted.command) seen.push(`${event.body.Member} muted`)
          else seen.push(`${event.body.GroupId} disbanded`)
        }),
      },
      routes: { '*': ['mine'] },
    })
    await post({ GroupId: 'a', EventTime: 1 })
    await post({ GroupId: 'b', Member: 'm', EventTime: 2 }, muted.command)
    await dispatcher.idle()
    expect(seen).to.deep.equal(['a disbanded', 'm muted'])
  })

  it('fails the delivery when the handler throws, so that it is retried', async () => {
    const { send, dispatcher, attempts } = await start({
      sinks: {
        mine: handle(disbanded, async () => {
          throw new Error('busy')
        }),
      },
      routes: { '*': ['mine'] },
    })
    await send('a')
    await dispatcher.idle()
    expect(attempts()).to.deep.equal(['mine retry 1'])
  })

  it('refuses a field that the plugin does not declare, at compile time', () => {
    // @ts-expect-error the body of `disbanded` has no such field
    handle(disbanded, ({ body }) => body.Groupid)
  })
})

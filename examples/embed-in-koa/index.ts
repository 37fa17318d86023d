import { sqlite } from '@callboard/journal'
import { createCallboard } from '@callboard/koa'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { log } from '@callboard/sinks'
import Koa from 'koa'

const { IM_APP = '1400000000', IM_TOKEN = 'change me', PORT = '3000' } = process.env

// #region embed
const callboard = await createCallboard({
  apps: [{ sdkAppId: Number(IM_APP), tokens: [IM_TOKEN] }],
  plugins: [groupDestroyed],
  sinks: {
    log: log(),
    mine: async (event) => {
      if (groupDestroyed.is(event)) await forget(event.body.GroupId)
    },
  },
  routes: { '*': ['log', 'mine'] },
  journal: sqlite({ path: './data/callboard.db' }),
})

const app = new Koa()
app.use(callboard.router('/callback').routes())
// #endregion

// #region listen
callboard.on('dead', ({ sink, command, error }) => console.error(`${command} is not delivered to ${sink}: ${error}`))
// #endregion

/** Your own work: it may throw, and is then tried again later. */
async function forget(group: string): Promise<void> {
  console.log(`group ${group} is gone`)
}

const server = app.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${JSON.stringify(server.address())}`))

// #region stop
process.once('SIGTERM', async () => {
  server.close()
  await callboard.stop()
})
// #endregion

import { fileURLToPath } from 'node:url'
import { startWarm } from '../http/measure.ts'
import { runLoad } from '../http/round.ts'
import type { ClosedLoop, Load, LoadResult } from '../load/load.ts'
import { type RunningServer, startCallboard } from '../peers/peers.ts'
import type { Build } from '../process/build.ts'
import { createWorkDirectory, FILE_SINK } from '../process/work-directory.ts'
import { figure, range, spreadOf } from '../report/figures.ts'
import { interleave } from '../report/interleave.ts'
import type { Section } from '../section.ts'

const DECISIONS: Load = { loop: 'open', connections: 64, perSecond: 200, seconds: 3, kind: 'before', members: 3 }
const WARM_UP: Load = { loop: 'closed', connections: 64, count: 20_000, kind: 'before', members: 3 }

/** The loads beside the decisions. Each lasts longer than the decisions do. */
const backgrounds: readonly { readonly name: string; readonly load?: ClosedLoop & Load }[] = [
  { name: 'nothing' },
  { name: '16 connections of after-callbacks', load: { loop: 'closed', connections: 16, seconds: 4, members: 3 } },
  { name: '64 connections of after-callbacks', load: { loop: 'closed', connections: 64, seconds: 4, members: 3 } },
]

/** Measures how long before-callbacks wait for a decision, alone and beside other callbacks. */
export const measureDecisions: Section = async ({ rounds, builds, dir, progress }) => {
  const decide = fileURLToPath(new URL('./decide.js', import.meta.url))
  const start = (build: Build) => async (): Promise<RunningServer> =>
    startCallboard(
      await createWorkDirectory(dir, {
        journal: 'sqlite',
        sinks: { only: FILE_SINK },
        plugins: ['@callboard/plugin-chat'],
        more: `decisions:\n  Group.CallbackBeforeSendMsg: { use: ${JSON.stringify(decide)}, fallback: allow }\n`,
      }),
      build,
    )
  const { servers, stop } = await startWarm(
    builds.map((build) => ({ name: build.name, start: start(build) })),
    dir,
    progress,
    WARM_UP,
  )
  try {
    progress('decisions')
    const cases = servers.flatMap(({ name: build, server }) => backgrounds.map((each) => ({ ...each, build, server })))
    const results = await interleave(cases, rounds, async ({ server, load }): Promise<LoadResult> => {
      const background = load && runLoad(server, load)
      const result = await runLoad(server, DECISIONS)
      await background
      return result
    })
    const row = ({ build, name }: (typeof cases)[number], index: number) => {
      const spread = (of: keyof LoadResult) => spreadOf((results[index] ?? []).map((result) => result[of]))
      return `| ${build} | ${name} | ${figure(spread('p50').median)} | ${range(spread('p99'))} |`
    }
    return [
      '## Decisions',
      '',
      '200 before-callbacks per second in an open loop. The decision is a function that allows every message, and the event is stored before the',
      'answer. Milliseconds until the answer.',
      '',
      '| | beside | p50 ms | p99 ms |',
      '|---|---|---|---|',
      ...cases.map(row),
      '',
    ]
  } finally {
    await stop()
  }
}

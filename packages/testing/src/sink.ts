import { equal, match, notEqual, ok, rejects } from 'node:assert/strict'
import { type Sink, type SinkEvent, type SinkWriter, silentLog } from '@callboard/core'
import { quarantinedEvent, unknownEvent } from './events.ts'

// The runner's own, as mocha, node:test (made global) and others provide them.
declare const describe: (name: string, body: () => void) => void
declare const it: (name: string, body: () => Promise<void>) => void

/** A sink to be tested, with everything it needs around it. */
export interface SinkUnderTest {
  readonly sink: Sink
  /** Removes what the test left behind; the sink is closed by then. */
  readonly clean?: () => Promise<void>
}

type Make = () => SinkUnderTest | Promise<SinkUnderTest>

/** What else the suite is told; the rules about what is left out are left out. */
export interface SinkSuite {
  /** An event of a plugin's, as `eventOf(plugin)` makes it. */
  readonly event: SinkEvent
  /** What the hook of that plugin shows this kind of sink; left out where there is none. */
  readonly payload?: unknown
  /** Sinks of this kind with options that it must refuse, such as one that is missing or misspelt. */
  readonly wrong?: readonly Sink[]
  /** A sink of this kind whose other side is gone or failing, so that a write must throw. */
  readonly failing?: Make
  /** A secret in the options of all these that must never be read in an error. */
  readonly secret?: string
}

/** How long a sink may take to notice that it is to stop, in milliseconds: core leaves it behind after that. */
const TO_STOP = 1_000
const TOGETHER = 50

const live = (): AbortSignal => new AbortController().signal
const wordsOf = (error: unknown): string => (error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error))

/** The error that something throws; fails when it does not. */
const failureOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

const inTime = async (work: Promise<unknown>): Promise<unknown> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still running ${TO_STOP} ms after the signal`)), TO_STOP)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The conformance suite of sinks: one test per promise, each on a sink of its own. */
export const describeSink = (name: string, make: Make, suite: SinkSuite): void => {
  const { event, wrong, failing, secret } = suite
  const context = { name, log: silentLog, now: Date.now, concurrency: 1 }
  const accepted = { event, ...('payload' in suite && { payload: suite.payload }), sink: name, attempt: 1 }
  const write = async (open: SinkWriter, delivery: Parameters<SinkWriter['write']>[0], signal = live()) => open.write(delivery, signal)

  const withSink = async (rule: (open: SinkWriter, sink: Sink) => Promise<void>, from = make) => {
    const { sink, clean } = await from()
    try {
      const open = await sink.open(context)
      try {
        await rule(open, sink)
      } finally {
        await open.close?.()
      }
    } finally {
      await clean?.()
    }
  }

  describe(`${name} is a sink`, () => {
    it('has a kind, and nothing to object to in right options', () =>
      withSink(async (_, sink) => {
        notEqual(sink.kind, '')
        equal(sink.problems.length, 0)
      }))

    it('takes an event that its plugin understood, with and without what a hook shows', () =>
      withSink(async (open) => {
        await write(open, accepted)
        await write(open, { event, sink: name, attempt: 1 })
      }))

    it('takes an event that no plugin understood', () =>
      withSink(async (open) => {
        await write(open, { event: unknownEvent(), sink: name, attempt: 1 })
        await write(open, { event: quarantinedEvent(), sink: name, attempt: 1 })
      }))

    it('takes an event without a key, and the same event again', () =>
      withSink(async (open) => {
        const { key: _, ...keyless } = event
        await write(open, { event: keyless, sink: name, attempt: 1 })
        await write(open, { event: keyless, sink: name, attempt: 2 })
      }))

    it(`takes ${TOGETHER} events at a time`, () =>
      withSink(async (open) => {
        await Promise.all(
          Array.from({ length: TOGETHER }, (_, each) => write(open, { ...accepted, event: { ...event, id: `${event.id}-${each}` } })),
        )
      }))

    it('does not write when it was told to stop before', () =>
      withSink(async (open) => {
        await rejects(inTime(write(open, accepted, AbortSignal.abort(new Error('told to stop')))), /told to stop/)
      }))

    it('ends a write soon after it was told to stop, either way', () =>
      withSink(async (open) => {
        const stop = new AbortController()
        const writing = write(open, accepted, stop.signal)
        stop.abort(new Error('told to stop'))
        await inTime(writing.catch(() => undefined))
      }))

    it('can be closed after writing, and opened again', async () => {
      const { sink, clean } = await make()
      try {
        for (const _ of [1, 2]) {
          const open = await sink.open(context)
          await write(open, accepted)
          await open.close?.()
        }
      } finally {
        await clean?.()
      }
    })

    if (wrong) {
      it('says what is wrong with wrong options, without their values, and does not open', async () => {
        for (const sink of wrong) {
          notEqual(sink.problems.length, 0)
          const error = await failureOf(() => sink.open(context))
          for (const words of [...sink.problems.map(({ message }) => message), wordsOf(error)]) {
            match(words, /\S/)
            ok(secret === undefined || !words.includes(secret), 'an error tells a secret')
          }
        }
      })
    }

    if (failing) {
      it('throws when it cannot deliver, in a few words and without its secret', () =>
        withSink(async (open) => {
          const error = await failureOf(() => write(open, accepted))
          ok(error instanceof Error && error.message !== '' && error.message.length <= 500, 'an error of at most 500 characters')
          ok(secret === undefined || !wordsOf(error).includes(secret), 'an error tells a secret')
        }, failing))
    }
  })
}

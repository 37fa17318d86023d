import { equal, match, notEqual, ok, rejects } from 'node:assert/strict'
import { type Sink, type SinkEvent, type SinkWriter, silentLog } from '@callboard/core'
import { quarantinedEvent, unknownEvent } from './events.ts'

// Globals of the test runner: mocha, or node:test with its functions made global.
declare const describe: (name: string, body: () => void) => void
declare const it: (name: string, body: () => Promise<void>) => void

/** A sink to test, with its clean-up. */
export interface SinkUnderTest {
  readonly sink: Sink
  /** Called after the sink is closed, to remove files and the like. */
  readonly clean?: () => Promise<void>
}

type MakeSink = () => SinkUnderTest | Promise<SinkUnderTest>

/** The data that the suite tests with. Without an optional property its tests are left out. */
export interface SinkSuite {
  /** An event of a plugin, made by `eventOf(plugin)`. */
  readonly event: SinkEvent
  /** The payload of that plugin's hook for this kind of sink. Leave it out if the plugin has no such hook. */
  readonly payload?: unknown
  /** Sinks of this kind with invalid options, such as a missing or misspelt one. */
  readonly wrong?: readonly Sink[]
  /** Makes a sink of this kind whose target is down or failing, so that each write must throw. */
  readonly failing?: MakeSink
  /** A secret in the options of all these sinks. No error may contain it. */
  readonly secret?: string
}

/** How long a write may go on after its signal aborts. Core stops waiting after that time. */
const MAX_STOP_MS = 1_000
const CONCURRENT_WRITES = 50
const MAX_ERROR_CHARACTERS = 500

const neverAborted = (): AbortSignal => new AbortController().signal
const textOf = (error: unknown): string => (error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error))

/** Returns the error that `work` throws. Fails when it throws none. */
const errorOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('expected an error, but nothing was thrown')
}

const withinStopTime = async (work: Promise<unknown>): Promise<unknown> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the write was still running ${MAX_STOP_MS} ms after its signal aborted`)), MAX_STOP_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Declares the conformance tests of a kind of sink. Each test makes a sink of its own. */
export const describeSink = (name: string, make: MakeSink, suite: SinkSuite): void => {
  const { event, wrong, failing, secret } = suite
  const context = { name, log: silentLog, now: Date.now, concurrency: 1 }
  const accepted = { event, ...('payload' in suite && { payload: suite.payload }), sink: name, attempt: 1 }
  const write = async (open: SinkWriter, delivery: Parameters<SinkWriter['write']>[0], signal = neverAborted()) =>
    open.write(delivery, signal)

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
    it('has a kind, and reports no problem with valid options', () =>
      withSink(async (_, sink) => {
        notEqual(sink.kind, '')
        equal(sink.problems.length, 0)
      }))

    it('writes an accepted event with and without the payload of a hook', () =>
      withSink(async (open) => {
        await write(open, accepted)
        await write(open, { event, sink: name, attempt: 1 })
      }))

    it('writes unknown and quarantined events', () =>
      withSink(async (open) => {
        await write(open, { event: unknownEvent(), sink: name, attempt: 1 })
        await write(open, { event: quarantinedEvent(), sink: name, attempt: 1 })
      }))

    it('writes an event without a key, also a second time', () =>
      withSink(async (open) => {
        const { key: _, ...keyless } = event
        await write(open, { event: keyless, sink: name, attempt: 1 })
        await write(open, { event: keyless, sink: name, attempt: 2 })
      }))

    it(`writes ${CONCURRENT_WRITES} events at the same time`, () =>
      withSink(async (open) => {
        await Promise.all(
          Array.from({ length: CONCURRENT_WRITES }, (_, each) =>
            write(open, { ...accepted, event: { ...event, id: `${event.id}-${each}` } }),
          ),
        )
      }))

    it('rejects a write whose signal has already aborted', () =>
      withSink(async (open) => {
        await rejects(withinStopTime(write(open, accepted, AbortSignal.abort(new Error('aborted by the test')))), /aborted by the test/)
      }))

    it(`settles a write within ${MAX_STOP_MS} ms after its signal aborts`, () =>
      withSink(async (open) => {
        const stop = new AbortController()
        const writing = write(open, accepted, stop.signal)
        stop.abort(new Error('aborted by the test'))
        await withinStopTime(writing.catch(() => undefined))
      }))

    it('can be closed after a write and opened again', async () => {
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
      it('explains invalid options without their values and refuses to open', async () => {
        for (const sink of wrong) {
          notEqual(sink.problems.length, 0)
          const error = await errorOf(() => sink.open(context))
          for (const words of [...sink.problems.map(({ message }) => message), textOf(error)]) {
            match(words, /\S/)
            ok(secret === undefined || !words.includes(secret), 'an error contains the secret')
          }
        }
      })
    }

    if (failing) {
      it('throws a short error without its secret when it cannot deliver', () =>
        withSink(async (open) => {
          const error = await errorOf(() => write(open, accepted))
          ok(
            error instanceof Error && error.message !== '' && error.message.length <= MAX_ERROR_CHARACTERS,
            `expected an error of at most ${MAX_ERROR_CHARACTERS} characters`,
          )
          ok(secret === undefined || !textOf(error).includes(secret), 'an error contains the secret')
        }, failing))
    }
  })
}

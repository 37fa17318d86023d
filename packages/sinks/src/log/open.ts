import { type HookPayloads, isObject, oneOf, type SinkEvent, type SinkWriter, strictStruct } from '@callboard/core'
import type * as t from 'io-ts'
import { lines } from './lines.ts'
import { handOver, type Output } from './output.ts'

export const LogOptions = strictStruct(
  {},
  {
    /** `auto`: readable on a terminal, JSON lines anywhere else. */
    format: oneOf('auto', 'json', 'pretty'),
    /** How loud the events of this sink are; an event that no plugin understood is a warning at least. */
    level: oneOf('debug', 'info', 'warn', 'error'),
  },
)

// A line is for reading and stays at a few KiB; the record is in the journal.
const LONGEST_MESSAGE = 1_000
const LONGEST_NAME = 200
const LONGEST_FIELDS = 3_000

// What a line says by itself; a field of that name from a hook gets a dash of its own.
const OURS = new Set(['level', 'time', 'msg', 'id', 'app', 'command', 'key', 'reasons', 'left_out'])

const cut = (text: string, longest: number): string => (text.length <= longest ? text : `${text.slice(0, longest)}…`)

/** What is said of an event whose plugin has no line for it, or that no plugin understood. */
const plainly = ({ command, status, reasons = [] }: SinkEvent): string => {
  if (status === 'accepted') return command
  return status === 'unknown' ? `${command} (unknown: no plugin declares it)` : `${command} (quarantined: ${reasons.join('; ')})`
}

const besides = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const length = JSON.stringify(fields).length
  if (length > LONGEST_FIELDS) return { left_out: `fields of ${length} characters` }
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [OURS.has(name) ? `${name}_` : name, value]))
}

const about = ({ id, app, command, key }: SinkEvent) => ({
  id,
  app,
  command: cut(command, LONGEST_NAME),
  ...(key !== undefined && { key: cut(key, LONGEST_NAME) }),
})

/** The log sink on any output. */
export const openLog =
  (outputOf: () => Output) =>
  async ({ format = 'auto', level = 'info' }: t.TypeOf<typeof LogOptions>): Promise<SinkWriter<HookPayloads['log']>> => {
    const output = outputOf()
    const terminal = output.isTTY === true
    const line = await lines(format === 'auto' ? (terminal ? 'pretty' : 'json') : format, terminal)
    const warning = level === 'error' ? 'error' : 'warn'
    // The write that failed says so; without a listener the stream would end the process.
    const ignore = () => {}
    output.on('error', ignore)
    return {
      write: async ({ event, payload = plainly(event) }, signal) => {
        signal.throwIfAborted()
        const { message, fields = {} } = isObject(payload) ? payload : { message: payload }
        const loud = event.status === 'accepted' ? level : warning
        await handOver(output, line(loud, { ...besides(fields), ...about(event) }, cut(message, LONGEST_MESSAGE)), signal)
      },
      close: () => {
        output.off('error', ignore)
      },
    }
  }

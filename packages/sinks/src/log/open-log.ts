import { type HookPayloads, isObject, oneOf, type SinkEvent, type SinkWriter, strictStruct, type TypeOf } from '@callboard/core'
import { createLineFormatter } from './line-formatter.ts'
import type { LineOutput } from './standard-streams.ts'

/** The options of the log sink. */
export const logOptions = strictStruct(
  {},
  {
    /** `auto`: readable on a terminal, JSON lines anywhere else. */
    format: oneOf('auto', 'json', 'pretty'),
    /** The level of the lines. Unknown and quarantined events are logged as warnings at least. */
    level: oneOf('debug', 'info', 'warn', 'error'),
  },
)

// A log line stays at a few KiB. The journal holds the full event.
const MAX_MESSAGE_CHARACTERS = 1_000
const MAX_NAME_CHARACTERS = 200
const MAX_FIELDS_CHARACTERS = 3_000

// A hook's field with one of these names gets an underscore behind it.
const RESERVED_FIELDS = new Set(['level', 'time', 'msg', 'id', 'app', 'command', 'key', 'reasons', 'left_out'])

const truncate = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max)}…`)

/** Returns the message of an event without a `log` hook. */
const defaultMessage = ({ command, status, reasons = [] }: SinkEvent): string => {
  if (status === 'accepted') return command
  return status === 'unknown' ? `${command} (unknown: no plugin declares it)` : `${command} (quarantined: ${reasons.join('; ')})`
}

const hookFields = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { length } = JSON.stringify(fields)
  if (length > MAX_FIELDS_CHARACTERS) return { left_out: `fields of ${length} characters` }
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [RESERVED_FIELDS.has(name) ? `${name}_` : name, value]))
}

const eventFields = ({ id, app, command, key }: SinkEvent) => ({
  id,
  app,
  command: truncate(command, MAX_NAME_CHARACTERS),
  ...(key !== undefined && { key: truncate(key, MAX_NAME_CHARACTERS) }),
})

/** Returns the `open` function of the log sink for an output. */
export const openLog =
  (outputOf: () => Omit<LineOutput, 'flush'>) =>
  async ({ format = 'auto', level = 'info' }: TypeOf<typeof logOptions>): Promise<SinkWriter<HookPayloads['log']>> => {
    const output = outputOf()
    const formatLine = await createLineFormatter(format === 'auto' ? (output.isTTY ? 'pretty' : 'json') : format, output.isTTY)
    const warningLevel = level === 'error' ? 'error' : 'warn'
    const close = output.ignoreErrors()
    return {
      write: async ({ event, payload = defaultMessage(event) }, signal) => {
        signal.throwIfAborted()
        const { message, fields = {} } = isObject(payload) ? payload : { message: payload }
        const lineLevel = event.status === 'accepted' ? level : warningLevel
        const line = formatLine(lineLevel, { ...hookFields(fields), ...eventFields(event) }, truncate(message, MAX_MESSAGE_CHARACTERS))
        await output.write(line, signal)
      },
      close,
    }
  }

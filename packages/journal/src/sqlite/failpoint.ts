/** Each failpoint with the actions that it takes. */
const FAILPOINTS = {
  /** In the transaction, after all rows have been written. */
  'append:before-commit': 'any',
  /** The batch is durable, and the caller does not know yet. */
  'append:after-commit': 'any',
  /** The sync that a commit waits for. A test leaves it out to show that its absence is detected. */
  'append:sync': 'skip',
  /** Before settlements are written. */
  'settle:before': 'any',
  /** Settlements are committed, and the caller does not know yet. */
  'settle:after': 'any',
} as const
type FailpointName = keyof typeof FAILPOINTS

/** A failure to inject into the thread that writes the journal. For tests of durability only. */
export interface Failpoint {
  readonly name: FailpointName
  /** The hit of the failpoint at which the action happens, from 1. Absent: at each hit. */
  readonly nth?: number
  /**
   * `kill` ends the process as `kill -9` does. `error` fails the call with `down`. `sleep` blocks the thread for 3 seconds, longer
   * than any answer is held. `skip` leaves the step out.
   */
  readonly action: 'kill' | 'error' | 'sleep' | 'skip'
}

const SLEEP_MS = 3_000
const FAILPOINT_PATTERN = /^(?<name>[a-z:-]+?)(?::(?<nth>[1-9]\d{0,8}))?=(?<action>kill|error|sleep|skip)$/

const isFailpointName = (text: string): text is FailpointName => Object.hasOwn(FAILPOINTS, text)
const isAction = (text: string): text is Failpoint['action'] => ['kill', 'error', 'sleep', 'skip'].includes(text)

const parseFailpoint = (text: string): Failpoint => {
  const { name = '', nth, action = '' } = FAILPOINT_PATTERN.exec(text)?.groups ?? {}
  if (!isAction(action)) throw new Error(`invalid failpoint "${text}"; write name=kill|error|sleep or name:nth=kill|error|sleep`)
  if (!isFailpointName(name)) throw new Error(`unknown failpoint "${name}"; expected one of: ${Object.keys(FAILPOINTS).join(', ')}`)
  if ((action === 'skip') !== (FAILPOINTS[name] === 'skip')) {
    throw new Error(`failpoint "${name}" cannot ${action}; use ${FAILPOINTS[name] === 'skip' ? 'skip' : 'kill, error or sleep'}`)
  }
  if (action === 'skip' && nth !== undefined) throw new Error(`failpoint "${name}" is skipped at each hit; leave out the number`)
  return { name, action, ...(nth !== undefined && { nth: Number(nth) }) }
}

/**
 * Parses failpoints separated by commas, for example `append:after-commit:3=kill,settle:before=error`. Throws an Error whose
 * message says what is wrong with the text.
 */
export const parseFailpoints = (text: string): readonly Failpoint[] => text.split(',').map((part) => parseFailpoint(part.trim()))

/** Runs the action of a failpoint, if a test armed it. */
export type HitFailpoint = (name: FailpointName) => void

export const noFailpoints: HitFailpoint = () => {}

const actions: Readonly<Record<Failpoint['action'], (name: FailpointName) => void>> = {
  kill: () => process.kill(process.pid, 'SIGKILL'),
  error: (name) => {
    throw new Error(`failpoint ${name}`)
  },
  sleep: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLEEP_MS),
  skip: () => {},
}

/** Arms failpoints. Each name counts its own hits. */
export const armFailpoints = (failpoints: readonly Failpoint[]): HitFailpoint => {
  if (failpoints.length === 0) return noFailpoints
  const hits = new Map<FailpointName, number>()
  return (name) => {
    const count = (hits.get(name) ?? 0) + 1
    hits.set(name, count)
    for (const failpoint of failpoints) {
      if (failpoint.name === name && (failpoint.nth ?? count) === count) actions[failpoint.action](name)
    }
  }
}

/** True when the failpoints leave out the sync of commits. */
export const skipsSync = (failpoints: readonly Failpoint[]): boolean => failpoints.some(({ name }) => name === 'append:sync')

/** The places in the journal's thread where a test may make something happen. */
const PLACES = {
  /** In the transaction, after everything has been written. */
  'append:before-commit': 'anything',
  /** The batch is durable, and nobody has been told. */
  'append:after-commit': 'anything',
  /** The one step that a test may leave out, to show that its absence is seen: the sync that a commit waits for. */
  'append:sync': 'skip',
  /** Attempts have ended, and nothing about them has been written. */
  'settle:before': 'anything',
  /** How attempts ended has been written, and nobody has been told. */
  'settle:after': 'anything',
} as const
type Place = keyof typeof PLACES

/** Something that is to happen at a place: for the tests of durability only. */
export interface Failpoint {
  readonly place: Place
  /** At which time that the place is reached, from 1; absent: each time. */
  readonly nth?: number
  /** `kill`: as kill -9 does. `error`: the call fails as `down`. `sleep`: the thread stands still, longer than any answer is held. */
  readonly action: 'kill' | 'error' | 'sleep' | 'skip'
}

const SLEEP = 3_000
const WRITTEN = /^(?<place>[a-z:-]+?)(?::(?<nth>[1-9]\d{0,8}))?=(?<action>kill|error|sleep|skip)$/

const isPlace = (text: string): text is Place => Object.hasOwn(PLACES, text)
const isAction = (text: string): text is Failpoint['action'] => ['kill', 'error', 'sleep', 'skip'].includes(text)

const parseOne = (text: string): Failpoint => {
  const { place = '', nth, action = '' } = WRITTEN.exec(text)?.groups ?? {}
  if (!isAction(action)) throw new Error(`failpoint '${text}' is not of the form place=kill|error|sleep or place:nth=kill|error|sleep`)
  if (!isPlace(place)) throw new Error(`failpoint '${place}' is unknown; there are ${Object.keys(PLACES).join(', ')}`)
  if ((action === 'skip') !== (PLACES[place] === 'skip')) throw new Error(`failpoint '${place}' cannot do '${action}'`)
  if (action === 'skip' && nth !== undefined) throw new Error(`failpoint '${place}' is skipped always or never`)
  return { place, action, ...(nth !== undefined && { nth: Number(nth) }) }
}

/** Reads `append:after-commit:3=kill,settle:before=error`. Throws an Error whose message says what is wrong with it. */
export const parseFailpoints = (text: string): readonly Failpoint[] => text.split(',').map((part) => parseOne(part.trim()))

/** Says that a place has been reached. Does what the failpoints say, which is nearly always nothing. */
export type Reach = (place: Place) => void

/** Where no failpoint is armed. */
export const undisturbed: Reach = () => {}

const actions: Readonly<Record<Failpoint['action'], (place: Place) => void>> = {
  kill: () => process.kill(process.pid, 'SIGKILL'),
  error: (place) => {
    throw new Error(`failpoint ${place}`)
  },
  sleep: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLEEP),
  skip: () => {},
}

/** Arms failpoints; each counts for itself. */
export const arm = (failpoints: readonly Failpoint[]): Reach => {
  if (failpoints.length === 0) return undisturbed
  const reached = new Map<Place, number>()
  return (place) => {
    const times = (reached.get(place) ?? 0) + 1
    reached.set(place, times)
    for (const failpoint of failpoints) {
      if (failpoint.place === place && (failpoint.nth ?? times) === times) actions[failpoint.action](place)
    }
  }
}

/** Is the sync of commits to be left out? */
export const leavesOutSync = (failpoints: readonly Failpoint[]): boolean => failpoints.some(({ place }) => place === 'append:sync')

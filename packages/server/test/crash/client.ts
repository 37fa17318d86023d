import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'

/** What the vendor would send: bodies that tell each other apart by their serial, and what became of them. */
export interface Client {
  /**
   * So many connections send new callbacks, one after the other, until the server is gone or `answered` gives false; it is told
   * the number of answers that were OK and of those that were not after each.
   */
  readonly load: (url: string, options: Load) => Promise<Loaded>
  /** Sends the bodies that nobody has answered OK once more, as they were; gives how many. Throws when one is refused now. */
  readonly repeat: (url: string) => Promise<number>
  /** The serials that were sent. */
  readonly sent: () => readonly number[]
  /** The serials that were answered OK. */
  readonly promised: ReadonlySet<number>
}

/** What is sent. */
export interface Load {
  readonly connections: number
  readonly keys: number
  /** Characters that each body is longer than it need be. */
  readonly padding?: number
  /** Bodies without a time, which nobody can tell from their repeats. */
  readonly timeless?: boolean
  readonly answered?: (oks: number, refused: number) => boolean
}

/** How requests of one load ended that were not answered OK. */
export interface Loaded {
  readonly oks: number
  /** Answers other than OK, by status. */
  readonly refused: readonly number[]
  /** The system's words for connections that ended without an answer, such as ECONNRESET. */
  readonly broken: readonly string[]
}

const APP = 1400000000
const TOKEN = 'T'

/** The text that tells a body from all others, wherever its bytes are seen. */
const markOf = (serial: number): string => `serial-${String(serial).padStart(5, '0')}`

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error.cause !== undefined) return codeOf(error.cause)
  return 'code' in error ? String(error.code) : error.message
}

export const createClient = (): Client => {
  const bodies = new Map<number, string>()
  const promised = new Set<number>()

  /** Sends one body; gives whether it was answered OK, or with what instead. */
  const post = async (url: string, serial: number): Promise<number> => {
    const { status, json } = await send({
      to: url,
      app: APP,
      token: TOKEN,
      command: groupDestroyed.command,
      body: bodies.get(serial) ?? '',
    })
    const isOk = status === 200 && typeof json === 'object' && json !== null && 'ActionStatus' in json && json.ActionStatus === 'OK'
    if (isOk) promised.add(serial)
    return status
  }

  const next = ({ keys, padding = 0, timeless = false }: Load): number => {
    const serial = bodies.size
    const EventTime = timeless ? undefined : Date.now()
    const own = { GroupId: `g${serial % keys}`, Name: markOf(serial), EventTime, Serial: serial }
    bodies.set(serial, JSON.stringify({ ...groupDestroyed.sample, ...own, Padding: 'x'.repeat(padding) }))
    return serial
  }

  return {
    promised,
    sent: () => [...bodies.keys()],
    load: async (url, load) => {
      const { connections, answered = () => true } = load
      let oks = 0
      let going = true
      const refused: number[] = []
      const broken: string[] = []
      const connection = async () => {
        while (going) {
          const serial = next(load)
          try {
            const status = await post(url, serial)
            if (promised.has(serial)) oks += 1
            else refused.push(status)
          } catch (error) {
            broken.push(codeOf(error))
            return
          }
          if (!answered(oks, refused.length)) going = false
        }
      }
      await Promise.all(Array.from({ length: connections }, connection))
      return { oks, refused, broken }
    },
    repeat: async (url) => {
      const open = [...bodies.keys()].filter((serial) => !promised.has(serial))
      await Promise.all(open.map((serial) => post(url, serial)))
      const left = open.filter((serial) => !promised.has(serial))
      if (left.length > 0) throw new Error(`a repeated callback was not answered OK: ${left.join(', ')}`)
      return open.length
    },
  }
}

import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'

/** What the vendor would send: bodies that tell each other apart by their serial, and what became of them. */
export interface Client {
  /**
   * So many connections send new callbacks, one after the other, until `until` says so or the server is gone; `answered` is told
   * the number of OKs after each.
   */
  readonly load: (url: string, options: { connections: number; keys: number; answered?: (oks: number) => boolean }) => Promise<Loaded>
  /** Sends the bodies that nobody has answered OK once more, as they were; gives how many. Throws when one is refused now. */
  readonly repeat: (url: string) => Promise<number>
  /** The serials that were sent. */
  readonly sent: () => readonly number[]
  /** The serials that were answered OK. */
  readonly promised: ReadonlySet<number>
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

  const next = (keys: number): number => {
    const serial = bodies.size
    bodies.set(serial, JSON.stringify({ ...groupDestroyed.sample, GroupId: `g${serial % keys}`, EventTime: Date.now(), Serial: serial }))
    return serial
  }

  return {
    promised,
    sent: () => [...bodies.keys()],
    load: async (url, { connections, keys, answered = () => true }) => {
      let oks = 0
      let going = true
      const refused: number[] = []
      const broken: string[] = []
      const connection = async () => {
        while (going) {
          const serial = next(keys)
          try {
            const status = await post(url, serial)
            if (promised.has(serial)) oks += 1
            else refused.push(status)
          } catch (error) {
            broken.push(codeOf(error))
            return
          }
          if (!answered(oks)) going = false
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

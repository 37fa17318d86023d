import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { send } from '@callboard/testing'

/** Sends callbacks as the vendor does, each with a serial number, and remembers which were answered OK. */
export interface LoadClient {
  /** Sends new callbacks on several connections until the server is gone or `answered` returns false. */
  readonly load: (url: string, options: Load) => Promise<LoadResult>
  /** Sends each body again that was not answered OK. Returns their number. Throws when one is refused. */
  readonly resend: (url: string) => Promise<number>
  /** The serials of all callbacks. */
  readonly sent: () => readonly number[]
  /** The serials of the callbacks that were answered OK. */
  readonly acknowledged: ReadonlySet<number>
}

/** The callbacks of a load. */
export interface Load {
  readonly connections: number
  readonly keys: number
  /** Number of extra characters in each body. */
  readonly padding?: number
  /** Whether the bodies have no EventTime, so that a repeat is no duplicate. */
  readonly timeless?: boolean
  /** Called after each answer with the number of answers that were OK, and of the others. */
  readonly answered?: (oks: number, refused: number) => boolean
}

/** The result of a load. */
export interface LoadResult {
  readonly oks: number
  /** Answers other than OK, by status. */
  readonly refused: readonly number[]
  /** The error codes of connections that ended without an answer, such as ECONNRESET. */
  readonly errors: readonly string[]
}

const APP = 1400000000
const TOKEN = 'T'

/** A text that occurs in one body only. `checkSyncOrder` finds it in system calls. */
const markOf = (serial: number): string => `serial-${String(serial).padStart(5, '0')}`

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error.cause !== undefined) return codeOf(error.cause)
  return 'code' in error ? String(error.code) : error.message
}

export const createLoadClient = (): LoadClient => {
  const bodies = new Map<number, string>()
  const acknowledged = new Set<number>()

  /** Sends one body. Returns the HTTP status. */
  const post = async (url: string, serial: number): Promise<number> => {
    const { status, json } = await send({
      to: url,
      app: APP,
      token: TOKEN,
      command: groupDestroyed.command,
      body: bodies.get(serial) ?? '',
    })
    const isOk = status === 200 && typeof json === 'object' && json !== null && 'ActionStatus' in json && json.ActionStatus === 'OK'
    if (isOk) acknowledged.add(serial)
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
    acknowledged,
    sent: () => [...bodies.keys()],
    load: async (url, load) => {
      const { connections, answered = () => true } = load
      let oks = 0
      let going = true
      const refused: number[] = []
      const errors: string[] = []
      const connection = async () => {
        while (going) {
          const serial = next(load)
          try {
            const status = await post(url, serial)
            if (acknowledged.has(serial)) oks += 1
            else refused.push(status)
          } catch (error) {
            errors.push(codeOf(error))
            return
          }
          if (!answered(oks, refused.length)) going = false
        }
      }
      await Promise.all(Array.from({ length: connections }, connection))
      return { oks, refused, errors }
    },
    resend: async (url) => {
      const open = [...bodies.keys()].filter((serial) => !acknowledged.has(serial))
      await Promise.all(open.map((serial) => post(url, serial)))
      const left = open.filter((serial) => !acknowledged.has(serial))
      if (left.length > 0) throw new Error(`a repeated callback was not answered OK: ${left.join(', ')}`)
      return open.length
    },
  }
}

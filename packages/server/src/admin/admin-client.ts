import { printable } from '@callboard/core'
import type * as t from 'io-ts'
import { EX, Exit, type ExitCode } from '../util/exit.ts'
import type { Operator } from './admin-api.ts'
import { ChangedTold, ErrorTold, JournalTold, PrunedTold, ReadmittedTold, ResumedTold, SinksTold, TriedTold } from './told.ts'

/** Where an admin listener is, and what it believes. */
export interface AdminAt {
  readonly url: string
  readonly token?: string
}
interface Heard {
  readonly status: number
  readonly json: unknown
}

const PATIENCE = 60_000
const TO_SAY_HELLO = 5_000
/** A sink may be configured to wait long. */
const FOR_A_SAMPLE = 3_600_000

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const request = async ({ url, token }: AdminAt, path: string, body: object | undefined, patience: number): Promise<Heard> => {
  const response = await fetch(`${url}/v1/${path}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    redirect: 'manual',
    signal: AbortSignal.timeout(patience),
  })
  return { status: response.status, json: jsonOf(await response.text()) }
}

const wrongToken = ({ url, token }: AdminAt): Exit =>
  new Exit(
    EX.noPermission,
    token === undefined
      ? `the admin listener at ${url} asks for a token: put it into the configuration, as \`admin: { token: … }\``
      : `the admin listener at ${url} does not accept the token of the configuration: it must be the one that the server was started with`,
  )

const codes: Readonly<Record<number, ExitCode>> = { 400: EX.usage, 404: EX.usage, 409: EX.usage, 503: EX.unavailable }

const refusal = (at: AdminAt, { status, json }: Heard): Exit => {
  if (status === 401) return wrongToken(at)
  const told = ErrorTold.decode(json)
  return new Exit(codes[status] ?? EX.unavailable, told._tag === 'Right' ? printable(told.right.error) : `${at.url} answered ${status}`)
}

/** The journal of the Callboard whose admin listener is there; undefined where nothing answers that is one. An `Exit` for a wrong token. */
export const helloTo = async (at: AdminAt): Promise<JournalTold | undefined> => {
  const heard = await request(at, 'journal', undefined, TO_SAY_HELLO).catch(() => undefined)
  if (heard?.status === 401) throw wrongToken(at)
  const told = JournalTold.decode(heard?.json)
  return heard?.status === 200 && told._tag === 'Right' ? told.right : undefined
}

/** Asks the Callboard whose admin listener is there. Rejections are `Exit`s. */
export const operatorAt = (at: AdminAt): Operator => {
  const ask = async <A>(codec: t.Type<A, unknown, unknown>, path: string, body?: object, patience = PATIENCE): Promise<A> => {
    const heard = await request(at, path, body, patience).catch((error: unknown) => {
      throw new Exit(EX.unavailable, `the admin listener at ${at.url} does not answer any more: see what has been done, and try again`, {
        cause: error,
      })
    })
    if (heard.status !== 200) throw refusal(at, heard)
    const told = codec.decode(heard.json)
    if (told._tag === 'Right') return told.right
    throw new Exit(EX.unavailable, `the admin listener at ${at.url} answered something that this program does not understand`)
  }
  const sinkPath = (sink: string, verb: string) => `sinks/${encodeURIComponent(sink)}/${verb}`
  return {
    sinks: async () => (await ask(SinksTold, 'sinks')).sinks,
    resume: async (sink) => {
      await ask(ResumedTold, sinkPath(sink, 'resume'), {})
    },
    test: (sink, asked) => ask(TriedTold, sinkPath(sink, 'test'), asked, FOR_A_SAMPLE),
    replay: (asked) => ask(ChangedTold, 'dead/replay', asked),
    discard: (asked) => ask(ChangedTold, 'dead/discard', asked),
    readmit: (asked) => ask(ReadmittedTold, 'dead/readmit', asked),
    prune: (asked) => ask(PrunedTold, 'journal/prune', asked),
    journal: () => ask(JournalTold, 'journal'),
  }
}

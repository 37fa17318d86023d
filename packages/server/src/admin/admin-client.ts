import { sanitize } from '@callboard/core'
import type * as t from 'io-ts'
import { OperatorError, type OperatorErrorReason } from '../util/operator-error.ts'
import type { AdminApi } from './admin-api.ts'
import {
  ChangeResponse,
  ErrorResponse,
  JournalResponse,
  PruneResponse,
  ReprocessResponse,
  ResumeResponse,
  SinksResponse,
  TestResponse,
} from './told.ts'

/** Where an admin listener is, and what it believes. */
export interface AdminEndpoint {
  readonly url: string
  readonly token?: string
}
interface HttpResponse {
  readonly status: number
  readonly json: unknown
}

const REQUEST_TIMEOUT_MS = 60_000
const PING_TIMEOUT_MS = 5_000
/** A sink may be configured to wait long. */
const TEST_TIMEOUT_MS = 3_600_000

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const request = async ({ url, token }: AdminEndpoint, path: string, body: object | undefined, patience: number): Promise<HttpResponse> => {
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

const wrongToken = ({ url, token }: AdminEndpoint): OperatorError =>
  new OperatorError(
    'noPermission',
    token === undefined
      ? `the admin listener at ${url} asks for a token: put it into the configuration, as \`admin: { token: … }\``
      : `the admin listener at ${url} does not accept the token of the configuration: it must be the one that the server was started with`,
  )

const reasons: Readonly<Record<number, OperatorErrorReason>> = { 400: 'usage', 404: 'usage', 409: 'usage', 503: 'unavailable' }

const refusal = (at: AdminEndpoint, { status, json }: HttpResponse): OperatorError => {
  if (status === 401) return wrongToken(at)
  const told = ErrorResponse.decode(json)
  return new OperatorError(
    reasons[status] ?? 'unavailable',
    told._tag === 'Right' ? sanitize(told.right.error) : `${at.url} answered ${status}`,
  )
}

/** The journal of the Callboard whose admin listener is there; undefined where nothing answers that is one. An OperatorError for a wrong token. */
export const ping = async (at: AdminEndpoint): Promise<JournalResponse | undefined> => {
  const heard = await request(at, 'journal', undefined, PING_TIMEOUT_MS).catch(() => undefined)
  if (heard?.status === 401) throw wrongToken(at)
  const told = JournalResponse.decode(heard?.json)
  return heard?.status === 200 && told._tag === 'Right' ? told.right : undefined
}

/** Asks the Callboard whose admin listener is there. Rejections are OperatorErrors. */
export const adminClient = (at: AdminEndpoint): AdminApi => {
  const ask = async <A>(codec: t.Type<A, unknown, unknown>, path: string, body?: object, patience = REQUEST_TIMEOUT_MS): Promise<A> => {
    const heard = await request(at, path, body, patience).catch((error: unknown) => {
      throw new OperatorError(
        'unavailable',
        `the admin listener at ${at.url} does not answer any more: see what has been done, and try again`,
        {
          cause: error,
        },
      )
    })
    if (heard.status !== 200) throw refusal(at, heard)
    const told = codec.decode(heard.json)
    if (told._tag === 'Right') return told.right
    throw new OperatorError('unavailable', `the admin listener at ${at.url} answered something that this program does not understand`)
  }
  const sinkPath = (sink: string, verb: string) => `sinks/${encodeURIComponent(sink)}/${verb}`
  return {
    sinks: async () => (await ask(SinksResponse, 'sinks')).sinks,
    resume: async (sink) => {
      await ask(ResumeResponse, sinkPath(sink, 'resume'), {})
    },
    test: (sink, asked) => ask(TestResponse, sinkPath(sink, 'test'), asked, TEST_TIMEOUT_MS),
    replay: (asked) => ask(ChangeResponse, 'dead/replay', asked),
    discard: (asked) => ask(ChangeResponse, 'dead/discard', asked),
    reprocess: (asked) => ask(ReprocessResponse, 'dead/reprocess', asked),
    prune: (asked) => ask(PruneResponse, 'journal/prune', asked),
    journal: () => ask(JournalResponse, 'journal'),
  }
}

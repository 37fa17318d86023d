import { sanitize } from '@callboard/core'
import type * as t from 'io-ts'
import { OperatorError, type OperatorErrorReason } from '../util/operator-error.ts'
import {
  type AdminApi,
  ChangeResponse,
  ErrorResponse,
  JournalResponse,
  PruneResponse,
  ReprocessResponse,
  ResumeResponse,
  SinksResponse,
  TestResponse,
} from './admin-api.ts'

/** The URL of an admin listener, and its token. */
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
/** A sink may have a long timeout of its own. */
const TEST_TIMEOUT_MS = 3_600_000

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const request = async ({ url, token }: AdminEndpoint, path: string, body: object | undefined, timeoutMs: number): Promise<HttpResponse> => {
  const response = await fetch(`${url}/v1/${path}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  return { status: response.status, json: parseJson(await response.text()) }
}

const wrongToken = ({ url, token }: AdminEndpoint): OperatorError =>
  new OperatorError(
    'noPermission',
    token === undefined
      ? `the admin listener at ${url} requires a token: add \`admin: { token: … }\` to the configuration`
      : `the admin listener at ${url} rejects the configured token: use the token that the server was started with`,
  )

const errorReasons: Readonly<Record<number, OperatorErrorReason>> = { 400: 'usage', 404: 'usage', 409: 'usage', 503: 'unavailable' }

const toError = (endpoint: AdminEndpoint, { status, json }: HttpResponse): OperatorError => {
  if (status === 401) return wrongToken(endpoint)
  const decoded = ErrorResponse.decode(json)
  return new OperatorError(
    errorReasons[status] ?? 'unavailable',
    decoded._tag === 'Right' ? sanitize(decoded.right.error) : `${endpoint.url} responded with HTTP ${status}`,
  )
}

/** Returns the journal of the Callboard at an endpoint. Returns undefined if no Callboard responds. Throws an OperatorError for a wrong token. */
export const ping = async (endpoint: AdminEndpoint): Promise<JournalResponse | undefined> => {
  const response = await request(endpoint, 'journal', undefined, PING_TIMEOUT_MS).catch(() => undefined)
  if (response?.status === 401) throw wrongToken(endpoint)
  const decoded = JournalResponse.decode(response?.json)
  return response?.status === 200 && decoded._tag === 'Right' ? decoded.right : undefined
}

/** Returns the admin API of the Callboard at an endpoint. Its methods reject with OperatorErrors. */
export const adminClient = (endpoint: AdminEndpoint): AdminApi => {
  const call = async <A>(codec: t.Type<A, unknown, unknown>, path: string, body?: object, timeoutMs = REQUEST_TIMEOUT_MS): Promise<A> => {
    const response = await request(endpoint, path, body, timeoutMs).catch((error: unknown) => {
      throw new OperatorError(
        'unavailable',
        `the admin listener at ${endpoint.url} stopped responding: the change may be partly done; check and try again`,
        { cause: error },
      )
    })
    if (response.status !== 200) throw toError(endpoint, response)
    const decoded = codec.decode(response.json)
    if (decoded._tag === 'Right') return decoded.right
    throw new OperatorError(
      'unavailable',
      `unknown response from the admin listener at ${endpoint.url}: use the \`callboard\` version of the server`,
    )
  }
  const sinkPath = (sink: string, verb: string) => `sinks/${encodeURIComponent(sink)}/${verb}`
  return {
    sinks: async () => (await call(SinksResponse, 'sinks')).sinks,
    resume: async (sink) => {
      await call(ResumeResponse, sinkPath(sink, 'resume'), {})
    },
    test: (sink, body) => call(TestResponse, sinkPath(sink, 'test'), body, TEST_TIMEOUT_MS),
    replay: (body) => call(ChangeResponse, 'dead/replay', body),
    discard: (body) => call(ChangeResponse, 'dead/discard', body),
    reprocess: (body) => call(ReprocessResponse, 'dead/reprocess', body),
    prune: (body) => call(PruneResponse, 'journal/prune', body),
    journal: () => call(JournalResponse, 'journal'),
  }
}

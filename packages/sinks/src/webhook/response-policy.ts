import { GiveUp, giveUp, retryAfter } from '@callboard/core'
import { Blocked } from './blocked-target.ts'

// The receiver has understood the request and will never take it.
const FINAL = new Set([400, 413, 415, 422])
// The receiver is gone, for this event and for all others.
const GONE = 410
const LONGEST_WAIT = 3_600_000
const LONGEST_PLACE = 200

/** Retry-After in milliseconds, from seconds or a date; undefined where it says nothing sensible. */
const waitAsked = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  const ms = /^\d+(e\d+)?$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isNaN(ms) || ms < 0 ? undefined : Math.min(ms, LONGEST_WAIT)
}

const placeOf = (location: string | undefined, base: string): string => {
  try {
    const { origin, pathname } = new URL(location ?? '', base)
    return `${origin}${pathname}`.slice(0, LONGEST_PLACE)
  } catch {
    return 'somewhere'
  }
}

/** An answer, as far as it decides about a delivery. */
export interface WebhookResponse {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly location: string | undefined
}

/** What an answer means: nothing for a delivery that was taken, an error for one that was not. */
export const refusalOf = ({ status, retryAfter: wanted, location }: WebhookResponse, url: string, now: number): Error | undefined => {
  if (status >= 200 && status < 300) return undefined
  if (status === GONE) return giveUp(`the receiver answered ${status}`, { pause: true })
  if (FINAL.has(status)) return giveUp(`the receiver answered ${status}`)
  if (status >= 300 && status < 400) return new Error(`the receiver answered ${status}: redirect to ${placeOf(location, url)} not followed`)
  const wait = waitAsked(wanted, now)
  return wait === undefined ? new Error(`the receiver answered ${status}`) : retryAfter(wait, `the receiver answered ${status}`)
}

const plainWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'connection closed by the receiver',
  ENOTFOUND: 'dns: no such host',
  EAI_AGAIN: 'dns: no answer',
  ENODATA: 'dns: no address',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'no answer in time',
  UND_ERR_HEADERS_OVERFLOW: 'the answer has too many headers',
  HPE_HEADER_OVERFLOW: 'the answer has too many headers',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer is not HTTP',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
}

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '')

/** A failed exchange in plain words: never a header, a body, or more of the URL than its host. */
export const failureOf = (error: unknown, aborted: AbortSignal): unknown => {
  if (error instanceof GiveUp || error instanceof Blocked) return error
  if (aborted.aborted) return aborted.reason
  if (!(error instanceof Error)) return new Error('the exchange failed')
  if (error.cause instanceof GiveUp) return error.cause
  const code = codeOf(error)
  if (/^(CERT|DEPTH|EPROTO|ERR_TLS|ERR_SSL|UNABLE|SELF_SIGNED|HOSTNAME)/.test(code)) return new Error(`tls: ${code}`)
  if (plainWords[code] === undefined && error.name === 'HTTPParserError') return new Error('the answer is not HTTP')
  // So undici calls an answer that nobody has asked for, such as 100 Continue.
  if (error.message === 'bad response') return new Error('the answer is not HTTP')
  return new Error(plainWords[code] ?? (code === '' ? 'the exchange failed' : `the exchange failed: ${code}`))
}

import { GiveUp, giveUp, retryAfter } from '@callboard/core'
import { codeOf } from '../shared/errors.ts'
import { BlockedTarget } from './blocked-target.ts'

// The receiver understood the request and will never accept it.
const FINAL_STATUSES = new Set([400, 413, 415, 422])
// The receiver is gone for all events.
const GONE = 410
const MAX_RETRY_AFTER_MS = 3_600_000
const MAX_LOCATION_CHARACTERS = 200

/** Returns a Retry-After header, in seconds or as a date, in milliseconds; undefined when it is invalid or in the past. */
const retryAfterMs = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  const ms = /^\d+(e\d+)?$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isNaN(ms) || ms < 0 ? undefined : Math.min(ms, MAX_RETRY_AFTER_MS)
}

/** Returns the target of a redirect without query and password. */
const redirectTarget = (location: string | undefined, base: string): string => {
  try {
    const { origin, pathname } = new URL(location ?? '', base)
    return `${origin}${pathname}`.slice(0, MAX_LOCATION_CHARACTERS)
  } catch {
    return 'an invalid URL'
  }
}

/** The parts of a response that decide about a delivery. */
export interface WebhookResponse {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly location: string | undefined
}

/** Returns the error of a delivery that the receiver did not accept; undefined for status 2xx. */
export const deliveryErrorOf = (response: WebhookResponse, url: string, now: number): Error | undefined => {
  const { status, location } = response
  const reason = `the receiver answered ${status}`
  if (status >= 200 && status < 300) return undefined
  if (status === GONE) return giveUp(reason, { pause: true })
  if (FINAL_STATUSES.has(status)) return giveUp(reason)
  if (status >= 300 && status < 400) return new Error(`${reason}: redirect to ${redirectTarget(location, url)} not followed`)
  const ms = retryAfterMs(response.retryAfter, now)
  return ms === undefined ? new Error(reason) : retryAfter(ms, reason)
}

const reasonByCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'connection closed by the receiver',
  ENOTFOUND: 'dns: no such host',
  EAI_AGAIN: 'dns: no answer',
  ENODATA: 'dns: no address',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no response in time',
  UND_ERR_BODY_TIMEOUT: 'no response in time',
  UND_ERR_HEADERS_OVERFLOW: 'the response has too many headers',
  HPE_HEADER_OVERFLOW: 'the response has too many headers',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the response is not valid HTTP',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
}
const TLS_CODES = /^(CERT|DEPTH|EPROTO|ERR_TLS|ERR_SSL|UNABLE|SELF_SIGNED|HOSTNAME)/

/** Returns the error of a request without a response. Its message contains no header, no body, and no URL. */
export const failureOf = (error: unknown, signal: AbortSignal): unknown => {
  if (error instanceof GiveUp || error instanceof BlockedTarget) return error
  if (signal.aborted) return signal.reason
  if (!(error instanceof Error)) return new Error('the request failed')
  if (error.cause instanceof GiveUp) return error.cause
  const code = codeOf(error) ?? ''
  if (TLS_CODES.test(code)) return new Error(`tls: ${code}`)
  // undici's error for a 100 Continue that nothing asked for.
  if (error.message === 'bad response') return new Error('the receiver answered 100 Continue unasked')
  const reason = reasonByCode[code]
  if (reason !== undefined) return new Error(reason)
  if (error.name === 'HTTPParserError') return new Error('the response is not valid HTTP')
  return new Error(code === '' ? 'the request failed' : `the request failed: ${code}`)
}

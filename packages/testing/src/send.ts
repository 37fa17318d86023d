import { describeValue, signatureOf } from '@callboard/core'

/** A callback to send as the vendor does. */
export interface SendOptions {
  /** The callback URL. */
  readonly to: string
  /** The SDKAppID. */
  readonly app: number | string
  readonly command: string
  /** The authentication token. Without it the request is not signed. */
  readonly token?: string
  /** JSON text, bytes, or a value to serialize as JSON. */
  readonly body: unknown
  /** The time of the signature in Unix seconds. Default: now. */
  readonly requestTime?: number | string
  /** Replaces the valid signature. */
  readonly sign?: string
  /** Additional query parameters. */
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds until the request is aborted. Default: 10 000. */
  readonly timeout?: number
}

/** The response to a callback. */
export interface SendResult {
  readonly status: number
  /** The body as text. */
  readonly text: string
  /** The parsed body; undefined when it is not JSON. */
  readonly json: unknown
  readonly headers: Headers
  /** Milliseconds from the start of the request to the last byte of the response. */
  readonly ms: number
}

const DEFAULT_TIMEOUT_MS = 10_000

const requireUrl = (to: unknown): URL => {
  if (typeof to === 'string' && URL.canParse(to)) return new URL(to)
  throw new TypeError(`to: expected the URL of a callback listener, got ${typeof to === 'string' ? JSON.stringify(to) : describeValue(to)}`)
}

/** Returns the URL of a callback: the vendor's parameters in the vendor's order, with a signature if there is a token. */
export const callbackUrl = ({
  to,
  app,
  command,
  token,
  requestTime = Math.floor(Date.now() / 1000),
  sign,
  query,
}: Omit<SendOptions, 'body'>): string => {
  const url = requireUrl(to)
  const parameters = {
    SdkAppid: String(app),
    CallbackCommand: command,
    contenttype: 'json',
    ClientIP: '127.0.0.1',
    OptPlatform: 'RESTAPI',
    ...query,
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value)
  if (token !== undefined || sign !== undefined) {
    url.searchParams.append('Sign', sign ?? signatureOf(token ?? '', String(requestTime)).toString('hex'))
    url.searchParams.append('RequestTime', String(requestTime))
  }
  return url.href
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const bytesOf = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body)

/** Sends one callback as the vendor does and resolves with the response. Rejects when none arrives. */
export const send = async (callback: SendOptions): Promise<SendResult> => {
  const startedAt = performance.now()
  const response = await fetch(callbackUrl(callback), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...callback.headers },
    body: bytesOf(callback.body),
    redirect: 'manual',
    signal: AbortSignal.timeout(callback.timeout ?? DEFAULT_TIMEOUT_MS),
  })
  const text = await response.text()
  return { status: response.status, text, json: parseJson(text), headers: response.headers, ms: performance.now() - startedAt }
}

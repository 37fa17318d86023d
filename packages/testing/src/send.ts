import { signatureOf } from '@callboard/core'

/** A callback to be sent, as the vendor sends them. */
export interface SendOptions {
  /** The callback URL. */
  readonly to: string
  /** The SDKAppID. */
  readonly app: number | string
  readonly command: string
  /** The console's authentication token; without it the request is not signed. */
  readonly token?: string
  /** JSON text, bytes, or a value to be written as JSON. */
  readonly body: unknown
  /** Unix seconds of the signature; default now. */
  readonly requestTime?: number | string
  /** Instead of the right signature. */
  readonly sign?: string
  /** Further query parameters. */
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds until it is given up; default 10 s. */
  readonly timeout?: number
}

/** What came back. */
export interface SendResult {
  readonly status: number
  /** The body as text. */
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown
  readonly headers: Headers
  /** Milliseconds from sending to the last byte. */
  readonly ms: number
}

const DEFAULT_TIMEOUT = 10_000

/** The URL of one callback: the vendor's parameters, in the vendor's order, signed if there is a token. */
export const callbackUrl = ({
  to,
  app,
  command,
  token,
  requestTime = Math.floor(Date.now() / 1000),
  sign,
  query,
}: Omit<SendOptions, 'body'>): string => {
  const url = new URL(to)
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

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const bytesOf = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body)

/** Sends one callback the way the vendor does, and tells what came back. Rejects when nothing did. */
export const send = async (callback: SendOptions): Promise<SendResult> => {
  const from = performance.now()
  const response = await fetch(callbackUrl(callback), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...callback.headers },
    body: bytesOf(callback.body),
    redirect: 'manual',
    signal: AbortSignal.timeout(callback.timeout ?? DEFAULT_TIMEOUT),
  })
  const text = await response.text()
  return { status: response.status, text, json: parsed(text), headers: response.headers, ms: performance.now() - from }
}

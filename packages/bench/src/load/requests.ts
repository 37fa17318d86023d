import { createHmac } from 'node:crypto'
import { callbackUrl } from '@callboard/testing'
import { APP, bodiesOf, commandOf, TOKEN } from './bodies.ts'
import type { GeneratorInput } from './load.ts'

/** Returns a function that makes the next request as text. It signs again in each second. */
export const requestsOf = (input: GeneratorInput): (() => string) => {
  const { to, from, hubSecret } = input
  const body = bodiesOf(input)
  const length = Buffer.byteLength(body(0))
  const hubHeader = (text: string) =>
    hubSecret === undefined ? '' : `x-hub-signature-256: sha256=${createHmac('sha256', hubSecret).update(text).digest('hex')}\r\n`
  let signedAt = 0
  let head = ''
  let n = from
  return () => {
    const second = Math.floor(Date.now() / 1_000)
    if (second !== signedAt) {
      signedAt = second
      const url = new URL(callbackUrl({ to, app: APP, token: TOKEN, command: commandOf(input), requestTime: second }))
      head = `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n`
    }
    n += 1
    const text = body(n)
    return `${head}${hubHeader(text)}\r\n${text}`
  }
}

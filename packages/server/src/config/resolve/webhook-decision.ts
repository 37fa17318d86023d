import {
  allow,
  allowWith,
  type Decision,
  decideWith,
  drop,
  isObject,
  type Json,
  type Plugin,
  parseJson,
  refuse,
  sanitize,
  type Verdict,
} from '@callboard/core'
import { openWebhookClient, type WebhookTarget } from '@callboard/sinks'

// A rewritten message is well below this.
const MAX_RESPONSE_BYTES = 256 * 1024
const MAX_SHOWN_BYTES = 200
const DROP_CODE = 2
const INTEGER = /^-?\d{1,15}$/

/** Returns a code that is a number, or the digits of one. */
const codeOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && INTEGER.test(value.trim()) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}

/** Returns the beginning of a response, safe to print on one line. */
const quote = (body: Buffer): string => {
  const shown = JSON.stringify(sanitize(body.toString('utf8', 0, MAX_SHOWN_BYTES)))
  return body.length > MAX_SHOWN_BYTES ? `${shown} …` : shown
}

/** Reads a verdict from an answer in the vendor's shape. Throws an error that says what is wrong with any other answer. */
const verdictOf = (answer: Json): Verdict => {
  if (!isObject(answer)) throw new Error('is not a JSON object')
  const { ActionStatus, ErrorCode, ErrorInfo, ...fields } = answer
  if (typeof ActionStatus !== 'string') throw new Error('has no ActionStatus')
  if (ActionStatus.trim().toUpperCase() !== 'OK') throw new Error('has an ActionStatus other than OK')
  const code = codeOf(ErrorCode)
  if (code === undefined) throw new Error('has no ErrorCode that is a whole number')
  if (code === DROP_CODE) return drop
  if (code !== 0) return refuse(code, typeof ErrorInfo === 'string' ? ErrorInfo : undefined)
  return Object.keys(fields).length === 0 ? allow : allowWith(fields)
}

const parse = (body: Buffer): Json => {
  if (body.length > MAX_RESPONSE_BYTES) throw new Error(`is longer than ${MAX_RESPONSE_BYTES} bytes`)
  try {
    return parseJson(body)
  } catch (error) {
    throw new Error(`cannot be parsed as JSON (${error instanceof Error ? error.message : error})`)
  }
}

const readVerdict = (status: number, body: Buffer): Verdict => {
  try {
    if (status < 200 || status > 299) throw new Error(`has the status ${status}`)
    return verdictOf(parse(body))
  } catch (error) {
    throw new Error(`the answer of the decision service ${error instanceof Error ? error.message : error}: ${quote(body)}`)
  }
}

/**
 * Returns a decision that asks an HTTP service. The service receives the vendor's query without `Sign` and the unchanged body, signed
 * after Standard Webhooks. It answers as it would answer the vendor: ActionStatus in any case, ErrorCode as a number or as digits. A late
 * or any other answer leads to the fallback.
 */
export const decideByWebhook = (plugin: Plugin, target: WebhookTarget): Decision => {
  const client = openWebhookClient(target)
  return decideWith(plugin, async ({ id, query, raw }, signal) => {
    const { postAndRead } = await client
    const { status, body } = await postAndRead({ id, at: Date.now(), body: raw, query }, MAX_RESPONSE_BYTES + 1, signal)
    return readVerdict(status, body)
  })
}

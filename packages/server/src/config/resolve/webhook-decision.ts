import { allow, allowWith, type Decision, decideWith, drop, isObject, type Plugin, refuse, type Verdict } from '@callboard/core'
import { openWebhookClient, type WebhookTarget } from '@callboard/sinks'

/** A rewritten message is well below this. */
const MOST_OF_AN_ANSWER = 256 * 1024
const DROPPED = 2

/** What an answer in the vendor's shape says. Throws where it is none: then the fallback is answered. */
export const verdictOf = (answer: unknown): Verdict => {
  if (!isObject(answer)) throw new Error('the answer is no JSON object')
  const { ActionStatus, ErrorCode, ErrorInfo, ...fields } = answer
  if (ActionStatus !== 'OK') throw new Error('the answer has no ActionStatus OK')
  if (typeof ErrorCode !== 'number' || !Number.isInteger(ErrorCode)) throw new Error('the answer has no ErrorCode')
  if (ErrorCode === DROPPED) return drop
  if (ErrorCode !== 0) return refuse(ErrorCode, typeof ErrorInfo === 'string' ? ErrorInfo : undefined)
  return Object.keys(fields).length === 0 ? allow : allowWith(fields)
}

const jsonOf = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new Error('the answer is no JSON')
  }
}

/**
 * Asks another HTTP service: it gets what the vendor sent, the query without `Sign` and the body byte for byte, signed after
 * Standard Webhooks, and answers as it would answer the vendor. An answer that does not come in time, or that says nothing of the
 * kind, is answered with the fallback.
 */
export const decideByWebhook = (plugin: Plugin, target: WebhookTarget): Decision => {
  const opened = openWebhookClient(target)
  return decideWith(plugin, async ({ id, query, raw }, signal) => {
    const { post } = await opened
    const { status, body } = await post({ id, at: Date.now(), body: raw, query }, MOST_OF_AN_ANSWER, signal)
    if (status !== 200) throw new Error(`the decider answered ${status}`)
    return verdictOf(jsonOf(body))
  })
}

import { boolean, Codec, isObject, list, oneOf, refine, refineStruct, schemaOf, strictStruct, string, withSchema } from '@callboard/core'
import * as t from 'io-ts'
import { parseIpRange } from '../shared/ip-range.ts'
import { keyOf } from './signature.ts'

const text = (name: string, test: (value: string) => boolean) => refine(string, name, test, { minLength: 1 })

const isWebUrl = (value: string): boolean => {
  if (!URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

const Url = text('an http or https URL without user and password', isWebUrl)
const Secret = text('a secret such as whsec_… (base64 of 24 to 64 bytes)', (value) => keyOf(value) !== undefined)
// A union would report a wrong secret twice: once as a secret and once as a list.
const isSecrets = (value: unknown): value is string | readonly string[] =>
  Array.isArray(value) ? value.length > 0 && value.every(Secret.is) : Secret.is(value)
const Secrets = withSchema(
  new Codec<string | readonly string[]>(
    'a secret such as whsec_… (base64 of 24 to 64 bytes), or a list of them',
    isSecrets,
    (value, context) => (isSecrets(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  ),
  { anyOf: [schemaOf(Secret), { ...schemaOf(list(Secret)), minItems: 1 }] },
)

const Cidr = text('an address range such as 10.0.0.0/8', (value) => parseIpRange(value) !== undefined)

const RESERVED_HEADER = /^(webhook-|content-length$|content-type$|host$|transfer-encoding$|connection$|keep-alive$|upgrade$|expect$)/i
const CLOUDEVENTS_ATTRIBUTE = /^ce-(specversion|id|source|type|time|subject|datacontenttype)$/i
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

const isHeaders = (value: unknown): value is Readonly<Record<string, string>> =>
  isObject(value) &&
  Object.entries(value).every(
    ([name, value]) =>
      HEADER_NAME.test(name) &&
      !RESERVED_HEADER.test(name) &&
      !CLOUDEVENTS_ATTRIBUTE.test(name) &&
      typeof value === 'string' &&
      HEADER_VALUE.test(value),
  )
const Headers = withSchema(
  new Codec<Readonly<Record<string, string>>>(
    'headers by name, other than webhook-*, attributes of CloudEvents (ce-id, …), content-type, content-length, host and those of the connection',
    isHeaders,
    (value, context) => (isHeaders(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  ),
  {
    type: 'object',
    propertyNames: { pattern: HEADER_NAME.source },
    additionalProperties: { type: 'string', pattern: HEADER_VALUE.source },
  },
)

/** The codecs of the options that name the target of a webhook. */
export const targetFields = {
  required: { url: Url },
  optional: { secret: Secrets, unsigned: boolean, headers: Headers, allow: list(Cidr) },
} as const

/** Requires a secret or an explicit `unsigned: true`. Returns the problem, or undefined. */
export const explainBadSecret = ({
  secret,
  unsigned = false,
}: {
  readonly secret?: string | readonly string[]
  readonly unsigned?: boolean
}): string | undefined => {
  if (secret === undefined && !unsigned) return 'give a `secret` to sign with, or say `unsigned: true`'
  return secret !== undefined && unsigned ? '`secret` and `unsigned: true` contradict each other' : undefined
}

/** The body of a request: the hook's JSON, the vendor's bytes, or either of them as a CloudEvent. */
export const formats = ['payload', 'raw', 'cloudevents', 'cloudevents-structured'] as const
export type Format = (typeof formats)[number]

/** The options of the webhook sink. */
export const webhookOptions = refineStruct(
  strictStruct(targetFields.required, { ...targetFields.optional, format: oneOf(...formats) }),
  explainBadSecret,
)

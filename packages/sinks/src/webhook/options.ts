import { isObject, list, oneOf, schemaOf, strictStruct, withSchema } from '@callboard/core'
import * as t from 'io-ts'
import { Checked } from '../shared/checked.ts'
import { parseIpRange } from '../shared/ip-range.ts'
import { keyOf } from './signature.ts'

const text = (name: string, isRight: (value: string) => boolean) =>
  withSchema(
    new t.Type<string, string, unknown>(
      name,
      (value): value is string => typeof value === 'string' && isRight(value),
      (value, context) => (typeof value === 'string' && isRight(value) ? t.success(value) : t.failure(value, context)),
      t.identity,
    ),
    { type: 'string', minLength: 1 },
  )

const isWebUrl = (value: string): boolean => {
  if (!URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

const Url = text('an http or https URL without user and password', isWebUrl)
const Secret = text('a secret such as whsec_… (base64 of 24 to 64 bytes)', (value) => keyOf(value) !== undefined)
// Not a union: that would explain a wrong secret once as a secret and once as a list.
const isSecrets = (value: unknown): value is string | readonly string[] =>
  Array.isArray(value) ? value.length > 0 && value.every(Secret.is) : Secret.is(value)
const Secrets = withSchema(
  new t.Type<string | readonly string[], string | readonly string[], unknown>(
    'a secret such as whsec_… (base64 of 24 to 64 bytes), or a list of them',
    isSecrets,
    (value, context) => (isSecrets(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  ),
  { anyOf: [schemaOf(Secret), { ...schemaOf(list(Secret)), minItems: 1 }] },
)

const Cidr = text('an address range such as 10.0.0.0/8', (value) => parseIpRange(value) !== undefined)

const RESERVED = /^(webhook-|content-length$|content-type$|host$|transfer-encoding$|connection$|keep-alive$|upgrade$|expect$)/i
const ATTRIBUTE = /^ce-(specversion|id|source|type|time|subject|datacontenttype)$/i
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

const isHeaders = (value: unknown): value is Readonly<Record<string, string>> =>
  isObject(value) &&
  Object.entries(value).every(
    ([name, given]) => TOKEN.test(name) && !RESERVED.test(name) && !ATTRIBUTE.test(name) && typeof given === 'string' && VALUE.test(given),
  )
const Headers = withSchema(
  new t.Type<Readonly<Record<string, string>>, Readonly<Record<string, string>>, unknown>(
    'headers by name, other than webhook-*, attributes of CloudEvents (ce-id, …), content-type, content-length, host and those of the connection',
    isHeaders,
    (value, context) => (isHeaders(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  ),
  { type: 'object', propertyNames: { pattern: TOKEN.source }, additionalProperties: { type: 'string', pattern: VALUE.source } },
)

/** What there is to say about the target of a webhook: the codecs of its fields. */
export const targetFields = {
  required: { url: Url },
  optional: { secret: Secrets, unsigned: t.boolean, headers: Headers, allow: list(Cidr) },
} as const

/** A target is signed for, or it is said aloud that it is not; gives what there is to object to. */
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

/** What is posted: the hook's JSON, the vendor's bytes, or either of them as a CloudEvent. */
export const formats = ['payload', 'raw', 'cloudevents', 'cloudevents-structured'] as const
export type Format = (typeof formats)[number]

/** The options of the webhook sink. */
export const webhookOptions = new Checked(
  strictStruct(targetFields.required, { ...targetFields.optional, format: oneOf(...formats) }),
  explainBadSecret,
)

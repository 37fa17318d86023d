import { type Json, type JsonObject, list, oneOf, type SinkKind, schemaOf, strictStruct, struct } from '@callboard/core'
import { builtIn } from '../resolve/sink-kinds.ts'
import { isStruct } from '../yaml/document.ts'
import {
  AdminEntry,
  AppEntry,
  DecisionEntry,
  deliveringEntries,
  LimitsEntry,
  ListenEntry,
  MemoryEntry,
  NonEmptyText,
  type Part,
  parts,
  RetentionEntry,
  SqliteEntry,
  WebhookDecisionEntry,
} from './codecs.ts'
import { withReferences } from './references.ts'

/** One schema where `use` is this word, and another where it is not. */
const whereUse = (word: string, schema: JsonObject, otherwise: JsonObject): JsonObject => ({
  if: { properties: { use: { const: word } }, required: ['use'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: schema,
  else: otherwise,
})

/** An entry whose `use` says what else it may have: as one of these has it, or as somebody else does. */
const byUse = (known: Readonly<Record<string, JsonObject>>, other: JsonObject): JsonObject => ({
  type: 'object',
  properties: { use: { anyOf: [{ enum: Object.keys(known) }, schemaOf(NonEmptyText)] } },
  required: ['use'],
  ...Object.entries(known).reduceRight((otherwise, [word, schema]) => whereUse(word, schema, otherwise), other),
})

const ofKind = ({ kind, options }: SinkKind): JsonObject => {
  if (!isStruct(options)) throw new TypeError(`the options of ${kind} have no fields`)
  return schemaOf(strictStruct({ use: oneOf(kind), ...options.required }, { ...options.optional, ...deliveringEntries }))
}

const named = (each: Json): JsonObject => ({ type: 'object', additionalProperties: each })

/** What is there, but empty, says as much as what is not there. */
const orNothing = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] })

const schemas = (): Readonly<Record<string, JsonObject>> => {
  const names = orNothing(schemaOf(list(NonEmptyText)))
  const sinks = Object.fromEntries([...builtIn].map(([name, kind]) => [name, ofKind(kind)]))
  const all: Readonly<Record<Part, JsonObject>> = {
    apps: { ...schemaOf(list(AppEntry)), minItems: 1 },
    listen: orNothing(schemaOf(ListenEntry)),
    admin: orNothing(schemaOf(AdminEntry)),
    journal: orNothing({ type: 'object', ...whereUse('memory', schemaOf(MemoryEntry), schemaOf(SqliteEntry)) }),
    plugins: names,
    sinks: orNothing(named(byUse(sinks, schemaOf(struct({ use: NonEmptyText }, deliveringEntries))))),
    routes: orNothing(named(names)),
    decisions: orNothing(named(byUse({ webhook: schemaOf(WebhookDecisionEntry) }, schemaOf(DecisionEntry)))),
    limits: orNothing(schemaOf(LimitsEntry)),
    retention: orNothing(schemaOf(RetentionEntry)),
  }
  return all
}

/**
 * The JSON Schema (2020-12) of a configuration, drawn from the codecs that check it. It refuses nothing that `check` takes; what the
 * parts have to do with each other is beyond it.
 */
export const configSchema = (): JsonObject => {
  const drawn = schemas()
  const properties = Object.entries(parts).map(([part, description]) => [part, { description, ...drawn[part] }])
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'callboard.yaml',
    ...withReferences({ type: 'object', properties: Object.fromEntries(properties), required: ['apps'], additionalProperties: false }),
  }
}

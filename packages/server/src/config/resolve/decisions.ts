import { type ConfiguredDecision, type Decision, isDecision, isObject, type Plugin } from '@callboard/core'
import { explainBadSecret, explainBlockedTarget } from '@callboard/sinks'
import { DecisionEntry, WebhookDecisionEntry } from '../schema/codecs.ts'
import type { ConfigDocument } from '../yaml/document.ts'
import { describeExports, type Load, type LoadError, versionMismatch } from './load-module.ts'
import { decideByWebhook } from './webhook-decision.ts'

/** As it was written: `use`, and what goes with it. */
export type WrittenDecision = DecisionEntry & Readonly<Record<string, unknown>>

/** The decisions of a configuration. */
export interface Decisions {
  readonly decisions: readonly ConfiguredDecision[]
  /** As they were written, by command. */
  readonly entries: Readonly<Record<string, WrittenDecision>>
}

const decisionIn = async (use: string, command: string, load: Load): Promise<Decision | LoadError> => {
  const module = await load(use)
  if ('message' in module) return module
  const [first] = module.exports
  const decision = first?.[0] === 'default' ? first[1] : undefined
  const other = versionMismatch(use, 'decision', [decision])
  if (other) return other
  if (!isDecision(decision))
    return {
      message: `no decision, as decideWith makes it, for a default export in ${JSON.stringify(use)}: ${describeExports(module.exports)}`,
    }
  return decision.command === command ? decision : { message: `${JSON.stringify(use)} decides ${decision.command}, not ${command}` }
}

interface Asked {
  readonly decision: ConfiguredDecision
  readonly entry: WrittenDecision
}

/** A decision that another service is asked for. What is wrong with it is reported; so is a missing plugin, unless one did not load. */
const askedElsewhere = (shape: ConfigDocument, command: string, plugins: readonly Plugin[], complete: boolean): Asked | undefined => {
  const path = ['decisions', command]
  const entry = shape.read(WebhookDecisionEntry, path)
  if (!entry) return undefined
  const { use: _, deadline, fallback, ...target } = entry
  const objection = explainBadSecret(target)
  const refused = explainBlockedTarget(target.url, target.allow)
  const plugin = plugins.find((each) => each.command === command)
  if (objection !== undefined) shape.report(path, objection)
  if (refused !== undefined) shape.report([...path, 'url'], refused)
  if (!plugin && complete) shape.report(path, `no plugin declares ${command}, so nothing can be decided about it`)
  if (!plugin || objection !== undefined || refused !== undefined) return undefined
  const bounds = { ...(deadline !== undefined && { deadline }), ...(fallback && { fallback }) }
  return { decision: { use: decideByWebhook(plugin, target), ...bounds }, entry }
}

/** Loads what the configuration names under `decisions`. */
export const loadDecisions = async (
  shape: ConfigDocument,
  load: Load,
  { plugins, complete }: { readonly plugins: readonly Plugin[]; readonly complete: boolean },
): Promise<Decisions> => {
  const decisions: ConfiguredDecision[] = []
  const entries = new Map<string, WrittenDecision>()
  for (const command of shape.names(['decisions'])) {
    const path = ['decisions', command]
    const written = shape.at(path)
    if (isObject(written) && written.use === 'webhook') {
      const asked = askedElsewhere(shape, command, plugins, complete)
      if (asked) decisions.push(asked.decision)
      if (asked) entries.set(command, asked.entry)
      continue
    }
    const entry = shape.read(DecisionEntry, path)
    if (!entry) continue
    const { use, deadline, fallback } = entry
    entries.set(command, entry)
    const decision = await decisionIn(use, command, load)
    if ('message' in decision) shape.report([...path, 'use'], decision.message)
    else decisions.push({ use: decision, ...(deadline !== undefined && { deadline }), ...(fallback && { fallback }) })
  }
  return { decisions, entries: Object.fromEntries(entries) }
}

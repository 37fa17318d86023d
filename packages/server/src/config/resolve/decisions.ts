import { type ConfiguredDecision, type Decision, isDecision, isObject, type Plugin } from '@callboard/core'
import { explainBadSecret, explainBlockedTarget } from '@callboard/sinks'
import { DecisionEntry, WebhookDecisionEntry } from '../schema/codecs.ts'
import type { ConfigDocument } from '../yaml/document.ts'
import { describeExports, type LoadError, type LoadModule, versionMismatch } from './load-module.ts'
import { decideByWebhook } from './webhook-decision.ts'

/** The entry of a decision in the file: `use` and its options. */
export type WrittenDecision = DecisionEntry & Readonly<Record<string, unknown>>

/** The decisions of a configuration. */
export interface Decisions {
  readonly decisions: readonly ConfiguredDecision[]
  /** The entries of the file, by command. */
  readonly entries: Readonly<Record<string, WrittenDecision>>
}

const loadDecision = async (use: string, command: string, load: LoadModule): Promise<Decision | LoadError> => {
  const module = await load(use)
  if ('message' in module) return module
  const [first] = module.exports
  const decision = first?.[0] === 'default' ? first[1] : undefined
  const mismatch = versionMismatch(use, 'decision', [decision])
  if (mismatch) return mismatch
  const quoted = JSON.stringify(use)
  if (!isDecision(decision))
    return {
      message: `the default export of ${quoted} is no decision made by decideWith: ${describeExports(module.exports, 'decideWith')}`,
    }
  return decision.command === command ? decision : { message: `${quoted} decides ${decision.command}, not ${command}` }
}

interface WebhookDecision {
  readonly decision: ConfiguredDecision
  readonly entry: WrittenDecision
}

/** Reads a decision with `use: webhook`. Reports its problems. A missing plugin is a problem only if all plugins are loaded. */
const readWebhookDecision = (
  document: ConfigDocument,
  command: string,
  plugins: readonly Plugin[],
  complete: boolean,
): WebhookDecision | undefined => {
  const path = ['decisions', command]
  const entry = document.decode(WebhookDecisionEntry, path)
  if (!entry) return undefined
  const { use: _, deadline, fallback, ...target } = entry
  const badSecret = explainBadSecret(target)
  const blocked = explainBlockedTarget(target.url, target.allow)
  const plugin = plugins.find((each) => each.command === command)
  if (badSecret !== undefined) document.report(path, badSecret)
  if (blocked !== undefined) document.report([...path, 'url'], blocked)
  if (!plugin && complete) document.report(path, `no plugin declares ${command}, so nothing can be decided about it`)
  if (!plugin || badSecret !== undefined || blocked !== undefined) return undefined
  const options = { ...(deadline !== undefined && { deadline }), ...(fallback && { fallback }) }
  return { decision: { use: decideByWebhook(plugin, target), ...options }, entry }
}

/** Loads the decisions of the mapping `decisions`. Reports and leaves out what is invalid. */
export const loadDecisions = async (
  document: ConfigDocument,
  load: LoadModule,
  { plugins, complete }: { readonly plugins: readonly Plugin[]; readonly complete: boolean },
): Promise<Decisions> => {
  const decisions: ConfiguredDecision[] = []
  const entries = new Map<string, WrittenDecision>()
  for (const command of document.keysAt(['decisions'])) {
    const path = ['decisions', command]
    const written = document.valueAt(path)
    if (isObject(written) && written.use === 'webhook') {
      const webhook = readWebhookDecision(document, command, plugins, complete)
      if (webhook) {
        decisions.push(webhook.decision)
        entries.set(command, webhook.entry)
      }
      continue
    }
    const entry = document.decode(DecisionEntry, path)
    if (!entry) continue
    const { use, deadline, fallback } = entry
    entries.set(command, entry)
    const decision = await loadDecision(use, command, load)
    if ('message' in decision) for (const line of decision.message.split('\n')) document.report([...path, 'use'], line)
    else decisions.push({ use: decision, ...(deadline !== undefined && { deadline }), ...(fallback && { fallback }) })
  }
  return { decisions, entries: Object.fromEntries(entries) }
}

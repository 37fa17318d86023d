import { type ConfiguredDecision, type Decision, isDecision, isObject } from '@callboard/core'
import { inVain, type Load, type Unusable } from './modules.ts'
import { DecisionEntry } from './settings.ts'
import type { Shape } from './shape.ts'

/** The decisions of a configuration. */
export interface Decisions {
  readonly decisions: readonly ConfiguredDecision[]
  /** As they were written, by command. */
  readonly entries: Readonly<Record<string, DecisionEntry>>
}

const decisionIn = async (use: string, command: string, load: Load): Promise<Decision | Unusable> => {
  const module = await load(use)
  if ('says' in module) return module
  const [first] = module.exports
  const decision = first?.[0] === 'default' ? first[1] : undefined
  if (!isDecision(decision))
    return { says: `no decision, as decideWith makes it, for a default export in ${JSON.stringify(use)}: ${inVain(module.exports)}` }
  return decision.command === command ? decision : { says: `${JSON.stringify(use)} decides ${decision.command}, not ${command}` }
}

/** Loads what the configuration names under `decisions`. */
export const loadDecisions = async (shape: Shape, load: Load): Promise<Decisions> => {
  const decisions: ConfiguredDecision[] = []
  const entries = new Map<string, DecisionEntry>()
  for (const command of shape.names(['decisions'])) {
    const path = ['decisions', command]
    const written = shape.at(path)
    if (isObject(written) && written.use === 'webhook') {
      shape.complain([...path, 'use'], 'a webhook cannot decide yet: name a module of your own, such as ./moderate.js')
      continue
    }
    const entry = shape.read(DecisionEntry, path)
    if (!entry) continue
    const { use, deadline, fallback } = entry
    entries.set(command, entry)
    const decision = await decisionIn(use, command, load)
    if ('says' in decision) shape.complain([...path, 'use'], decision.says)
    else decisions.push({ use: decision, ...(deadline !== undefined && { deadline }), ...(fallback && { fallback }) })
  }
  return { decisions, entries: Object.fromEntries(entries) }
}

import { type CallbackEvent, type DecodedBody, drop, type Plugin, refuse, type Verdict } from '@callboard/core'
import { messageOf } from '../../util/errors.ts'

const RECEIVED_AT = Date.UTC(2026, 0, 1)

/** Returns what a function of the plugin throws. Returns nothing if it succeeds. */
const errorsOf = (name: string, run: () => readonly string[]): readonly string[] => {
  try {
    return run()
  } catch (error) {
    // Core names the hook in its own errors.
    return [error instanceof Error && error.name === 'HookError' ? error.message : `${name} threw: ${messageOf(error)}`]
  }
}

const eventOf = ({ command, sample }: Plugin, { body, key, eventTime }: DecodedBody): CallbackEvent => ({
  id: '019b76da-a800-7000-8000-000000000001',
  command,
  app: 1_400_000_000,
  receivedAt: RECEIVED_AT,
  query: { SdkAppid: '1400000000', contenttype: 'json', ClientIP: '127.0.0.1', OptPlatform: 'RESTAPI' },
  body,
  raw: new TextEncoder().encode(JSON.stringify(sample)),
  ...(key !== undefined && { key }),
  ...(eventTime !== undefined && { eventTime }),
})

/** The verdicts that every decision for this plugin may return. */
const verdictsOf = ({ before }: Plugin): readonly (readonly [name: string, verdict: Verdict])[] => [
  ['allow', { verdict: 'allow' }],
  ['refuse()', refuse()],
  ...(before?.codes ?? []).map((code) => [`refuse(${code})`, refuse(code)] as const),
  ...(before?.drop ? [['drop', drop] as const] : []),
]

/**
 * Returns what a plugin does wrong with its own sample: its codec refuses it, or its `key`, a hook or the answer to a verdict fails. Each
 * text is one line that names the plugin.
 */
export const sampleProblems = (plugin: Plugin): readonly string[] => {
  const owner = `plugin ${plugin.command}`
  return errorsOf(owner, () => {
    const decoded = plugin.decode(plugin.sample)
    if ('reasons' in decoded) return [`${owner} refuses its own sample: ${decoded.reasons.join('; ')}`]
    const { answer } = decoded
    return [
      ...plugin.hooks.flatMap((kind) =>
        errorsOf(`hook ${kind} of ${owner}`, () => {
          decoded.payloadFor(kind, eventOf(plugin, decoded))
          return []
        }),
      ),
      ...(answer ? verdictsOf(plugin) : []).flatMap(([name, verdict]) =>
        errorsOf(`the answer of ${owner} to ${name}`, () => {
          const warning = answer?.(verdict).warning
          return warning === undefined ? [] : [`the answer of ${owner} to ${name} is wrong: ${warning}`]
        }),
      ),
    ]
  })
}

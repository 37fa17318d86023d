import type { Plugin, SinkEvent } from '@callboard/core'

/** The properties that all these events share. */
const defaults = {
  id: '019b76da-a800-7000-8000-000000000001',
  app: 1_400_000_000,
  receivedAt: Date.UTC(2026, 0, 1),
  query: { SdkAppid: '1400000000', contenttype: 'json', ClientIP: '127.0.0.1', OptPlatform: 'RESTAPI' },
} as const

const bytesOf = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body))

const baseEvent = (command: string, body: unknown) => ({ ...defaults, command, body, raw: bytesOf(body) })

/** Makes an event from the sample of a plugin. Throws a TypeError when the plugin refuses its own sample. */
export const eventOf = (plugin: Plugin, overrides: Partial<SinkEvent> = {}): SinkEvent => {
  const decoded = plugin.decode(plugin.sample)
  if ('reasons' in decoded) throw new TypeError(`${plugin.command} refuses its own sample: ${decoded.reasons.join('; ')}`)
  return {
    ...baseEvent(plugin.command, decoded.body),
    raw: bytesOf(plugin.sample),
    status: 'accepted',
    ...(decoded.key !== undefined && { key: decoded.key }),
    ...(decoded.eventTime !== undefined && { eventTime: decoded.eventTime }),
    ...overrides,
  }
}

/** Makes an event whose command no plugin declares. */
export const unknownEvent = (overrides: Partial<SinkEvent> = {}): SinkEvent => ({
  ...baseEvent('Strange.CallbackAfterSomething', { CallbackCommand: 'Strange.CallbackAfterSomething', Something: 1 }),
  status: 'unknown',
  ...overrides,
})

/** Makes an event whose body its plugin refused. */
export const quarantinedEvent = (overrides: Partial<SinkEvent> = {}): SinkEvent => ({
  ...baseEvent('Group.CallbackAfterGroupDestroyed', { CallbackCommand: 'Group.CallbackAfterGroupDestroyed', GroupId: 1 }),
  status: 'quarantined',
  reasons: ['GroupId: expected string'],
  ...overrides,
})

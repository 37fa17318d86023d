import type { Plugin, SinkEvent } from '@callboard/core'

/** What stands in an event when the test does not say. */
const COMMON = {
  id: '019b76da-a800-7000-8000-000000000001',
  app: 1_400_000_000,
  receivedAt: Date.UTC(2026, 0, 1),
  query: { SdkAppid: '1400000000', contenttype: 'json', ClientIP: '127.0.0.1', OptPlatform: 'RESTAPI' },
} as const

const bytesOf = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body))

/** An event that says nothing about its body. */
const plainEvent = (command: string, body: unknown) => ({ ...COMMON, command, body, raw: bytesOf(body) })

/** The event that a plugin's sample makes. Throws when the plugin refuses its own sample. */
export const eventOf = (plugin: Plugin, overrides: Partial<SinkEvent> = {}): SinkEvent => {
  const read = plugin.decode(plugin.sample)
  if ('reasons' in read) throw new TypeError(`${plugin.command} refuses its own sample: ${read.reasons.join('; ')}`)
  return {
    ...plainEvent(plugin.command, read.body),
    raw: bytesOf(plugin.sample),
    status: 'accepted',
    ...(read.key !== undefined && { key: read.key }),
    ...(read.eventTime !== undefined && { eventTime: read.eventTime }),
    ...overrides,
  }
}

/** An event whose command no plugin declares. */
export const unknownEvent = (overrides: Partial<SinkEvent> = {}): SinkEvent => ({
  ...plainEvent('Strange.CallbackAfterSomething', { CallbackCommand: 'Strange.CallbackAfterSomething', Something: 1 }),
  status: 'unknown',
  ...overrides,
})

/** An event whose body its plugin refused. */
export const quarantinedEvent = (overrides: Partial<SinkEvent> = {}): SinkEvent => ({
  ...plainEvent('Group.CallbackAfterGroupDestroyed', { CallbackCommand: 'Group.CallbackAfterGroupDestroyed', GroupId: 1 }),
  status: 'quarantined',
  reasons: ['GroupId: expected string', 'Type: expected string, got nothing'],
  ...overrides,
})

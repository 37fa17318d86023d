import type { NewEvent } from '@callboard/core'

/** Returns an ordinary event with some fields replaced. */
export const anEvent = (id: string, fields: Partial<NewEvent> = {}): NewEvent => ({
  id,
  app: 1,
  command: 'Group.CallbackAfterGroupDestroyed',
  status: 'accepted',
  receivedAt: 1_760_000_000_000,
  query: { OptPlatform: 'Web' },
  raw: new TextEncoder().encode('{}'),
  sinks: ['a'],
  ...fields,
})

/** Returns events with the ids `e<from>`, `e<from + 1>` and so on. */
export const someEvents = (count: number, fields: Partial<NewEvent> = {}, from = 0): readonly NewEvent[] =>
  Array.from({ length: count }, (_, index) => anEvent(`e${from + index}`, fields))

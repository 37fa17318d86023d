import type { NewEvent } from '@callboard/core'

/** An event with nothing special about it. */
export const anEvent = (id: string, special: Partial<NewEvent> = {}): NewEvent => ({
  id,
  app: 1,
  command: 'Group.CallbackAfterGroupDestroyed',
  status: 'accepted',
  receivedAt: 1_760_000_000_000,
  query: { OptPlatform: 'Web' },
  raw: new TextEncoder().encode('{}'),
  sinks: ['a'],
  ...special,
})

/** So many of them, with ids that count from `from`. */
export const someEvents = (count: number, special: Partial<NewEvent> = {}, from = 0): readonly NewEvent[] =>
  Array.from({ length: count }, (_, place) => anEvent(`e${from + place}`, special))

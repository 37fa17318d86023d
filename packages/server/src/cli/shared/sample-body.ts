import { isObject, type Plugin, parseJson } from '@callboard/core'

/** A JSON object that may be changed. */
type MutableBody = Record<string, unknown>

const copyOf = (sample: unknown): MutableBody => {
  const copy: unknown = structuredClone(sample)
  if (!isObject(copy)) throw new TypeError('a body must be a JSON object')
  return { ...copy }
}

/** Parses JSON. Text that is not JSON is returned as it is: `7` is a number, `"7"` and `seven` are text. Numbers beyond 2^53 are text, too. */
export const parseValue = (text: string): unknown => {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}

const isIndex = (part: string): boolean => /^\d+$/.test(part)

/** Sets a field by a path such as `MemberList.0.Member_Account`. Creates missing objects and lists on the way. */
const setPath = (body: MutableBody, path: string, value: unknown): void => {
  const parts = path.split('.')
  const last = parts.pop() ?? ''
  let parent: MutableBody | unknown[] = body
  for (const [position, part] of parts.entries()) {
    const existing: unknown = Reflect.get(parent, part)
    const child: MutableBody | unknown[] = Array.isArray(existing)
      ? existing
      : isObject(existing)
        ? { ...existing }
        : isIndex(parts[position + 1] ?? last)
          ? []
          : {}
    Reflect.set(parent, part, child)
    parent = child
  }
  Reflect.set(parent, last, value)
}

/** Returns `now` in the unit and the type of the sample: seconds or milliseconds, a number or a string of digits. */
const timeLike = (sample: unknown, now: number): unknown => {
  const digits = String(sample)
  if (!/^\d+$/.test(digits)) return sample
  const time = digits.length <= 10 ? Math.floor(now / 1_000) : now
  return typeof sample === 'string' ? String(time) : time
}

/** Sets EventTime to `now` wherever the sample has one: at the top and in `Events`. */
const setEventTimes = (body: MutableBody, now: number): void => {
  if ('EventTime' in body) body.EventTime = timeLike(body.EventTime, now)
  const events: unknown = body.Events
  if (Array.isArray(events))
    body.Events = events.map((event: unknown) =>
      isObject(event) && 'EventTime' in event ? { ...event, EventTime: timeLike(event.EventTime, now) } : event,
    )
}

/**
 * Returns a copy of the plugin's sample with the event time `now`, in milliseconds since the Unix epoch.
 * Then applies the assignments, in their order.
 */
export const sampleBody = (
  plugin: Plugin,
  now: number,
  assignments: readonly (readonly [path: string, value: unknown])[] = [],
): Readonly<MutableBody> => {
  const body = copyOf(plugin.sample)
  setEventTimes(body, now)
  for (const [path, value] of assignments) setPath(body, path, value)
  return body
}

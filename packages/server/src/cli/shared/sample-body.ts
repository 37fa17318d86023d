import { isObject, type Plugin } from '@callboard/core'

/** A body that is still to be changed. */
export type Draft = Record<string, unknown>

const draftOf = (value: unknown): Draft => {
  const copy: unknown = structuredClone(value)
  if (!isObject(copy)) throw new TypeError('a body must be a JSON object')
  return { ...copy }
}

const isIndex = (part: string): boolean => /^\d+$/.test(part)

/** JSON where it is JSON, text otherwise: `7` is a number, `"7"` and `seven` are text. */
export const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Sets `MemberList.0.Member_Account` and the like; what is missing on the way is made. */
export const setPath = (body: Draft, path: string, value: unknown): void => {
  const parts = path.split('.')
  const last = parts.pop() ?? ''
  let at: Record<string, unknown> | unknown[] = body
  for (const [place, part] of parts.entries()) {
    const known: unknown = Reflect.get(at, part)
    const next: Record<string, unknown> | unknown[] = Array.isArray(known)
      ? known
      : isObject(known)
        ? { ...known }
        : isIndex(parts[place + 1] ?? last)
          ? []
          : {}
    Reflect.set(at, part, next)
    at = next
  }
  Reflect.set(at, last, value)
}

/** The moment in the unit and the form that the sample has: seconds or milliseconds, a number or digits. */
const momentLike = (sample: unknown, now: number): unknown => {
  const digits = String(sample)
  if (!/^\d+$/.test(digits)) return sample
  const moment = digits.length <= 10 ? Math.floor(now / 1_000) : now
  return typeof sample === 'string' ? String(moment) : moment
}

/** Sets EventTime to `now` wherever the sample has one, at the top and in `Events`. */
const touchTimes = (value: Draft, now: number): void => {
  if ('EventTime' in value) value.EventTime = momentLike(value.EventTime, now)
  const events: unknown = value.Events
  if (Array.isArray(events))
    value.Events = events.map((each: unknown) =>
      isObject(each) ? { ...each, ...('EventTime' in each && { EventTime: momentLike(each.EventTime, now) }) } : each,
    )
}

/** The plugin's sample as if it had happened at `now` (milliseconds since the Unix epoch), with these paths set. */
export const sampleBody = (plugin: Plugin, now: number, set: readonly (readonly [path: string, value: unknown])[] = []): Draft => {
  const body = draftOf(plugin.sample)
  touchTimes(body, now)
  for (const [path, value] of set) setPath(body, path, value)
  return body
}

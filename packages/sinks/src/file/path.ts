import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import type { SinkEvent } from '@callboard/core'

const PLACEHOLDER = /\{([^{}]*)\}/g
const KNOWN = new Set(['command', 'date', 'app'])
const SAFE = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/
const LONGEST = 80

/** The placeholders of a template that mean nothing. */
export const unknownPlaceholders = (template: string): readonly string[] =>
  [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name).filter((name) => !KNOWN.has(name))

/**
 * A command as one segment of a path. Those of the vendor stay as they are; what a sender made up is cleaned, and gets a hash so
 * that two of them never share a file by accident.
 */
export const segmentOf = (command: string): string => {
  if (SAFE.test(command)) return command
  const cleaned = command.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, LONGEST)
  return `${cleaned}-${createHash('sha256').update(command).digest('hex').slice(0, 12)}`
}

/** What decides where the line of an event goes. */
type Placed = Pick<SinkEvent, 'command' | 'receivedAt' | 'app'>

const fillIn: Readonly<Record<string, (event: Placed) => string>> = {
  command: ({ command }) => segmentOf(command),
  date: ({ receivedAt }) => new Date(receivedAt).toISOString().slice(0, 10),
  app: ({ app }) => String(app),
}

/** Where the line of an event goes: the template with `{command}`, `{date}` (UTC, of its arrival) and `{app}` filled in. */
export const pathOf = (template: string): ((event: Placed) => string) => {
  // What stands between two placeholders, and their names in turns.
  const parts = template.split(PLACEHOLDER).map((part, place) => (place % 2 === 0 ? () => part : (fillIn[part] ?? (() => ''))))
  return (event) => parts.map((part) => part(event)).join('')
}

/** The deepest directory of a template that no event decides. */
export const fixedDirectory = (template: string): string => {
  const at = template.indexOf('{')
  return dirname(at === -1 ? template : `${template.slice(0, at)}x`)
}

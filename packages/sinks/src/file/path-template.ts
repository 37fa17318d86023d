import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import type { SinkEvent } from '@callboard/core'

const PLACEHOLDER = /\{([^{}]*)\}/g
const SAFE_SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/
// Windows reserves these names, with any extension.
const RESERVED_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
const MAX_CLEANED_CHARACTERS = 80
const HASH_CHARACTERS = 12

/**
 * Returns a command as one segment of a path. The vendor's commands stay as they are. Any other text is cleaned and gets a hash, so
 * that two commands never share a file.
 */
export const segmentOf = (command: string): string => {
  if (SAFE_SEGMENT.test(command) && !RESERVED_NAME.test(command)) return command
  const cleaned = command.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, MAX_CLEANED_CHARACTERS)
  return `${cleaned}-${createHash('sha256').update(command).digest('hex').slice(0, HASH_CHARACTERS)}`
}

/** The properties of an event that its path depends on. */
type PathEvent = Pick<SinkEvent, 'command' | 'receivedAt' | 'app'>

const placeholders: Readonly<Record<string, (event: PathEvent) => string>> = {
  command: ({ command }) => segmentOf(command),
  date: ({ receivedAt }) => new Date(receivedAt).toISOString().slice(0, 10),
  app: ({ app }) => String(app),
}

/** Returns the names in braces that are no placeholders. */
export const unknownPlaceholders = (template: string): readonly string[] =>
  [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name).filter((name) => !Object.hasOwn(placeholders, name))

/** Returns a function that fills in `{command}`, `{date}` (when the event arrived, in UTC) and `{app}`. */
export const pathOf = (template: string): ((event: PathEvent) => string) => {
  // split returns the text between placeholders and the names of the placeholders in turn.
  const parts = template.split(PLACEHOLDER).map((part, index) => (index % 2 === 0 ? () => part : (placeholders[part] ?? (() => ''))))
  return (event) => parts.map((part) => part(event)).join('')
}

/** Returns the deepest directory that is the same for all events. */
export const fixedDirectory = (template: string): string => {
  const at = template.indexOf('{')
  return dirname(at === -1 ? template : `${template.slice(0, at)}x`)
}

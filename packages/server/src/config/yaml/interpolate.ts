import { resolve } from 'node:path'
import { readTextFile } from './read-file.ts'

/** A scalar with its references resolved, and what was wrong with them. */
export interface Interpolated {
  readonly text: string
  readonly problems: readonly string[]
}
/** Resolves the references in one scalar. */
export type Interpolate = (text: string) => Interpolated

const REFERENCE = /\$\{([^}]*)(\}?)/g
const VARIABLE = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s
const FILE = /^file:(.+)$/s

/** Does this text hold references? */
export const hasReference = (text: string): boolean => /\$\{/.test(text)

/**
 * Resolves `${env:NAME}`, `${env:NAME:-default}` (also where the variable is empty) and `${file:PATH}` (relative to the directory;
 * line ends at its end are cut off). What comes in is text and stays text: it is neither parsed nor searched for references again.
 */
export const createInterpolate =
  (env: NodeJS.ProcessEnv, directory: string): Interpolate =>
  (given) => {
    const problems: string[] = []
    const missing = (message: string): string => {
      problems.push(message)
      return ''
    }
    const variable = (name: string, fallback: string | undefined): string => {
      const value = Object.hasOwn(env, name) ? env[name] : undefined
      if (fallback !== undefined) return value || fallback
      return value ?? missing(`the environment variable ${name} is not set; \`\${env:${name}:-default}\` gives it a default`)
    }
    const contents = (file: string): string => {
      const read = readTextFile(resolve(directory, file))
      return 'text' in read ? read.text.replace(/[\r\n]+$/, '') : missing(`the file ${file} cannot be read: ${read.refused}`)
    }
    const text = given.replace(REFERENCE, (_, inner: string, closed: string) => {
      const [, name, fallback] = VARIABLE.exec(inner) ?? []
      const [, file] = FILE.exec(inner) ?? []
      if (closed === '') return missing('a reference lacks its `}`')
      if (name !== undefined) return variable(name, fallback)
      if (file !== undefined) return contents(file)
      return missing(`no such reference: there are \${env:NAME}, \${env:NAME:-default} and \${file:PATH}`)
    })
    return { text, problems }
  }

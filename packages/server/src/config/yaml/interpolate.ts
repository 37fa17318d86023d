import { resolve } from 'node:path'
import { readTextFile } from '../../util/files.ts'

/** A scalar with its references resolved, and the problems with them. */
export interface Interpolated {
  readonly text: string
  readonly problems: readonly string[]
}
/** Resolves the references in one scalar. */
export type Interpolate = (text: string) => Interpolated

const REFERENCE = /\$\{([^}]*)(\}?)/g
const VARIABLE = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s
const FILE = /^file:(.+)$/s

/** Returns whether a text contains references. */
export const hasReference = (text: string): boolean => /\$\{/.test(text)

/**
 * Returns a function that resolves references in a scalar. `${env:NAME}` is a variable, and `${env:NAME:-default}` has a default for an
 * unset or empty one. `${file:PATH}` is the content of a file; the path is relative to `directory`. White space around a value is removed,
 * and an empty value is a problem. The result stays text: it is neither parsed as YAML nor searched for references again.
 */
export const createInterpolate =
  (env: NodeJS.ProcessEnv, directory: string): Interpolate =>
  (scalar) => {
    const problems: string[] = []
    const fail = (message: string): string => {
      problems.push(message)
      return ''
    }
    const variable = (name: string, fallback: string | undefined): string => {
      const value = Object.hasOwn(env, name) ? env[name]?.trim() : undefined
      if (fallback !== undefined) return value || fallback
      const state = value === undefined ? 'not set' : 'empty'
      return value || fail(`the environment variable ${name} is ${state}; \`\${env:${name}:-default}\` gives it a default`)
    }
    const contents = (file: string): string => {
      const read = readTextFile(resolve(directory, file))
      if ('reason' in read) return fail(`cannot read ${file}: ${read.reason}`)
      return read.text.trim() || fail(`the file ${file} is empty; write the value into it`)
    }
    const text = scalar.replace(REFERENCE, (_, inner: string, closed: string) => {
      const [, name, fallback] = VARIABLE.exec(inner) ?? []
      const [, file] = FILE.exec(inner) ?? []
      if (closed === '') return fail('a reference lacks its `}`')
      if (name !== undefined) return variable(name, fallback)
      if (file !== undefined) return contents(file)
      return fail(`unknown reference; expected \${env:NAME}, \${env:NAME:-default} or \${file:PATH}`)
    })
    return { text, problems }
  }

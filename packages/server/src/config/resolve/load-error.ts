import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isObject } from '@callboard/core'
import { messageOf } from '../../util/errors.ts'

const CHILD_TIMEOUT_MS = 10_000

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').trim()

const toPath = (file: string): string => (file.startsWith('file:') ? fileURLToPath(file) : file)

/** Finds `file:///x.js:4` or `/x.js:4` on a line of its own: Node prints the place of a syntax error like that. */
const syntaxErrorPlace = (text: string): string | undefined => {
  const [, file, line] = /^(file:\/\/\/\S+|\/.+):(\d+)$/m.exec(text) ?? []
  return file === undefined ? undefined : `${toPath(file)}:${line}`
}

const OWN_DIRECTORY = new URL('.', import.meta.url).href

/** Finds the line of the module in a stack; else the first line of any other file. The callers of the loader do not count. */
const thrownPlace = (stack: string, url: URL): string | undefined => {
  const [beforeOwn = ''] = stack.split(OWN_DIRECTORY)
  const frames = [...beforeOwn.matchAll(/^\s+at (?:.*\()?(file:\/\/\/\S+?):(\d+):\d+\)?$/gm)]
  const [, file, line] = frames.find(([, each]) => each === url.href) ?? frames[0] ?? []
  return file === undefined ? undefined : `${toPath(file)}:${line}`
}

/**
 * Loads the module in another process, whose output has the place of a syntax error. The error itself has none. No line of the module
 * runs, because a syntax error comes before.
 */
const placeFromChild = (url: URL, conditions: ReadonlySet<string>): Promise<string | undefined> =>
  new Promise((resolve) => {
    const options = [...conditions].map((condition) => `--conditions=${condition}`)
    const script = ['--input-type=module', '--eval', 'await import(process.argv[1])', url.href]
    execFile(process.execPath, [...options, ...script], { timeout: CHILD_TIMEOUT_MS, killSignal: 'SIGKILL' }, (_, __, stderr) =>
      resolve(syntaxErrorPlace(stderr)),
    )
  })

const stackOf = (error: unknown): string => (error instanceof Error && typeof error.stack === 'string' ? error.stack : '')

/** Another copy of core may have made the error, so `instanceof` is not reliable here. */
const isConfigError = (error: unknown): error is Error => error instanceof Error && error.name === 'ConfigError' && 'problems' in error

/** Returns why a module cannot be loaded: the cause, and the file and the line that caused it. One line, or one per mistake in a declaration. */
export const explainLoadError = async (specifier: string, url: URL, error: unknown, conditions: ReadonlySet<string>): Promise<string> => {
  // definePlugin and its like list every mistake, one per line.
  if (isConfigError(error))
    return error.message
      .split('\n')
      .map((line) => `${specifier}: ${line}`)
      .join('\n')
  const stack = stackOf(error)
  const known = syntaxErrorPlace(stack) ?? thrownPlace(stack, url)
  const place = known ?? (error instanceof SyntaxError ? await placeFromChild(url, conditions) : undefined)
  const cause = firstLine(isObject(error) || typeof error === 'string' ? messageOf(error) : `it threw ${String(error)}`)
  return `cannot load ${JSON.stringify(specifier)}: ${cause}${place === undefined ? '' : ` (${place})`}`
}

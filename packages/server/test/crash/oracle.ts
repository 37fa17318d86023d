/** What a trace says about the order of writing, syncing and answering. */
export interface Verdict {
  /** How many answers that say OK were written to a socket. */
  readonly oks: number
  /** Those that left too early, with the line of the trace. */
  readonly early: readonly string[]
}

/** How strace is to be run for `judge`: on every thread, with the names of files, and with strings that hold a page of the database. */
export const traceTo = (file: string): readonly string[] => [
  'strace',
  ...['-D', '-f', '-y', '-s', '4400', '-o', file, '-e', 'signal=none'],
  ...['-e', 'trace=read,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync'],
]

/** One call as strace shows it: at once, or its beginning and its end apart. */
interface Step {
  readonly thread: string
  readonly call: string
  readonly at: 'begin' | 'end' | 'both'
  readonly path: string
  readonly text: string
}

const WHOLE = /^(\d+) +(\w+)\(\d+<([^>]*)>(.*)$/
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)$/
const UNFINISHED = ' <unfinished ...>'

/** The steps of a trace; the path of a call that ends on another line is that of its beginning. */
const stepsOf = (lines: readonly string[]): readonly (Step | undefined)[] => {
  const begun = new Map<string, string>()
  return lines.map((line): Step | undefined => {
    const [, thread = '', call = '', path = '', text = ''] = WHOLE.exec(line) ?? []
    if (call !== '') {
      const isOpen = line.endsWith(UNFINISHED)
      if (isOpen) begun.set(thread, path)
      return { thread, call, at: isOpen ? 'begin' : 'both', path, text }
    }
    const [, resumed = '', name = '', rest = ''] = RESUMED.exec(line) ?? []
    return name === '' ? undefined : { thread: resumed, call: name, at: 'end', path: begun.get(resumed) ?? '', text: rest }
  })
}

const EVENT = /serial-\d{5}/g
const isSync = (call: string): boolean => call === 'fsync' || call === 'fdatasync'
const isSocket = (path: string): boolean => path.startsWith('socket:')
const isRead = (call: string): boolean => call === 'read' || call.startsWith('recv')
const isWrite = (call: string): boolean => /^(p?write|send)/.test(call)
const OK = String.raw`{\"ActionStatus\":\"OK\"`

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, v: 11, f: 12, r: 13 }
const bytesIn = (text: string, count: number): readonly number[] =>
  [...text.matchAll(/\\([0-7]{1,3}|.)|[^\\]/g)]
    .slice(0, count)
    .map(([whole, escaped]) =>
      escaped === undefined
        ? whole.charCodeAt(0)
        : /^[0-7]/.test(escaped)
          ? Number.parseInt(escaped, 8)
          : (ESCAPES[escaped] ?? escaped.charCodeAt(0)),
    )

/** A frame's header has 24 bytes; in the last frame of a transaction the second four say how large the database is after it. */
const headerOf = (text: string): 'commit' | 'frame' | undefined => {
  if (!/", 24, \d+[ )]/.test(text)) return undefined
  return bytesIn(text.slice(text.indexOf('"') + 1), 8)
    .slice(4)
    .some((byte) => byte !== 0)
    ? 'commit'
    : 'frame'
}

/**
 * Reads a trace of a server whose callbacks have a text `serial-00000` of their own. An OK may be written to a socket once a sync of
 * the WAL has succeeded that began after the last frame of the transaction that holds the event was written.
 */
export const judge = (trace: string): Verdict => {
  const early: string[] = []
  let oks = 0
  let commits = false
  let written = new Set<string>()
  const committed = new Set<string>()
  const synced = new Set<string>()
  const syncing = new Map<string, readonly string[]>()
  const asked = new Map<string, string>()

  const onWal = ({ thread, call, at, text }: Step) => {
    if (isSync(call)) {
      if (at !== 'end') syncing.set(thread, [...committed])
      if (at === 'begin' || !/= 0$/.test(text)) return
      for (const event of syncing.get(thread) ?? []) synced.add(event)
    }
    if (call !== 'pwrite64') return
    // The text stands where the call begins; it is done where it ends.
    if (at !== 'end') {
      const header = headerOf(text)
      if (header) commits = header === 'commit'
      else for (const [event] of text.matchAll(EVENT)) written.add(event)
      if (header) return
    }
    if (at === 'begin' || !/= 4096$/.test(text) || !commits) return
    for (const event of written) committed.add(event)
    written = new Set()
    commits = false
  }

  const onSocket = ({ call, at, path, text }: Step, line: number) => {
    if (isRead(call)) for (const [event] of text.matchAll(EVENT)) asked.set(path, event)
    if (!isWrite(call) || at === 'end' || !text.includes(OK)) return
    oks += 1
    const event = asked.get(path)
    asked.delete(path)
    if (event === undefined || !synced.has(event)) early.push(`line ${line}: OK for ${event ?? 'nobody knows what'}`)
  }

  for (const [place, step] of stepsOf(trace.split('\n')).entries()) {
    if (step?.path.endsWith('-wal')) onWal(step)
    else if (step && isSocket(step.path)) onSocket(step, place + 1)
  }
  return { oks, early }
}

/** The OK answers in a trace of system calls. */
export interface SyncOrder {
  /** The number of OK answers that were written to a socket. */
  readonly oks: number
  /** The OK answers that were written before the sync of their event, with the line of the trace. */
  readonly early: readonly string[]
}

/** The strace command for `checkSyncOrder`: all threads, with file names, and with strings as long as a database page. */
export const straceTo = (file: string): readonly string[] => [
  'strace',
  ...['-D', '-f', '-y', '-s', '4400', '-o', file, '-e', 'signal=none'],
  ...['-e', 'trace=read,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync'],
]

/** One line of strace: a whole call, or only its begin or its end. */
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

/** Parses the lines of a trace. The end of a call has the path of its begin. */
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

/** The kind of a WAL frame, from its header of 24 bytes. In the last frame of a transaction, bytes 4 to 7 hold the size of the database. */
const headerOf = (text: string): 'commit' | 'frame' | undefined => {
  if (!/", 24, \d+[ )]/.test(text)) return undefined
  return bytesIn(text.slice(text.indexOf('"') + 1), 8)
    .slice(4)
    .some((byte) => byte !== 0)
    ? 'commit'
    : 'frame'
}

/**
 * Checks the system calls of a server whose callbacks each contain a text such as `serial-00000`. An OK is in order if a sync of the WAL
 * has succeeded that began after the last frame of the event's transaction was written.
 */
export const checkSyncOrder = (trace: string): SyncOrder => {
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
    // The begin of a call has the text. The write is done at its end.
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
    if (event === undefined || !synced.has(event)) early.push(`line ${line}: OK for ${event ?? 'an unknown event'}`)
  }

  for (const [place, step] of stepsOf(trace.split('\n')).entries()) {
    if (step?.path.endsWith('-wal')) onWal(step)
    else if (step && isSocket(step.path)) onSocket(step, place + 1)
  }
  return { oks, early }
}

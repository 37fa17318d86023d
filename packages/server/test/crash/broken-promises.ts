/** An event in the journal. */
export interface StoredEvent {
  readonly id: string
  readonly key: string
  readonly serial: number
  /** The sinks whose delivery of it is `delivered`. */
  readonly delivered: readonly string[]
}

/** A copy of an event at a sink. A repeated delivery is another copy. */
export interface ReceivedCopy {
  readonly id: string
  readonly serial: number
}

/** The state of the journal and of both sinks after everything is delivered. */
export interface Evidence {
  /** Serials that were answered OK. */
  readonly acknowledged: ReadonlySet<number>
  /** The journal's events, in the order of commits. */
  readonly stored: readonly StoredEvent[]
  /** The copies that the webhook accepted, in the order of arrival. */
  readonly atWebhook: readonly ReceivedCopy[]
  /** The text of the file. */
  readonly inFile: string
}

const MAX_LISTED = 10
const listed = (all: readonly unknown[]): string =>
  `${all.slice(0, MAX_LISTED).join(', ')}${all.length > MAX_LISTED ? ` and ${all.length - MAX_LISTED} more` : ''}`
const problem = (what: string, all: readonly unknown[]): readonly string[] => (all.length === 0 ? [] : [`${what}: ${listed(all)}`])

/** The copies in a file of JSON Lines. A torn line is undefined. */
export const copiesIn = (text: string): readonly (ReceivedCopy | undefined)[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      try {
        const { id, body } = JSON.parse(line)
        return { id, serial: body.Serial }
      } catch {
        return undefined
      }
    })

/** The first copy of each event, in the order of arrival. */
const firstCopies = (copies: readonly ReceivedCopy[]): readonly ReceivedCopy[] => {
  const seen = new Set<string>()
  return copies.filter(({ id }) => !seen.has(id) && seen.add(id))
}

/** The number of copies that are not the first of their event. */
export const repeatsIn = (copies: readonly ReceivedCopy[]): number => copies.length - firstCopies(copies).length

const overtakingIn = (sink: string, copies: readonly ReceivedCopy[], stored: readonly StoredEvent[]): readonly string[] => {
  const places = new Map(stored.map(({ id, key }, place) => [id, { key, place }]))
  const latest = new Map<string, number>()
  return firstCopies(copies).flatMap(({ id, serial }) => {
    const { key, place } = places.get(id) ?? { key: '', place: -1 }
    const before = latest.get(key) ?? -1
    latest.set(key, Math.max(before, place))
    return place < before ? [`${serial} at ${sink}`] : []
  })
}

const problemsAt = (sink: string, copies: readonly ReceivedCopy[], { acknowledged, stored }: Evidence): readonly string[] => {
  const serials = new Map(stored.map(({ id, serial }) => [id, serial]))
  const arrived = new Set(copies.map(({ serial }) => serial))
  return [
    ...problem(
      `answered OK, but never at ${sink}`,
      [...acknowledged].filter((serial) => !arrived.has(serial)),
    ),
    ...problem(
      `stored, but never at ${sink}`,
      stored.filter(({ serial }) => !arrived.has(serial)).map(({ serial }) => serial),
    ),
    ...problem(
      `at ${sink} under a wrong id`,
      copies.filter(({ id, serial }) => serials.get(id) !== serial).map(({ id, serial }) => `${serial} as ${id}`),
    ),
    ...problem(
      `delivery to ${sink} is not \`delivered\``,
      stored.filter(({ delivered }) => !delivered.includes(sink)).map(({ serial }) => serial),
    ),
    ...problem('overtook an earlier event of its key', overtakingIn(sink, copies, stored)),
  ]
}

/** Checks the promises: nothing lost, one event per callback, order per key, one id per event. Returns one sentence per broken promise. */
export const brokenPromises = (evidence: Evidence): readonly string[] => {
  const { acknowledged, stored, atWebhook, inFile } = evidence
  const times = new Map<number, number>()
  for (const { serial } of stored) times.set(serial, (times.get(serial) ?? 0) + 1)
  const lines = copiesIn(inFile)
  const copies = lines.filter((line) => line !== undefined)
  return [
    ...problem(
      'answered OK, but not in the journal',
      [...acknowledged].filter((serial) => !times.has(serial)),
    ),
    ...problem(
      'stored more than once',
      [...times].filter(([, count]) => count > 1).map(([serial]) => serial),
    ),
    ...problem(
      'torn lines in the file',
      lines.flatMap((line, place) => (line === undefined ? [place + 1] : [])),
    ),
    ...(inFile === '' || inFile.endsWith('\n') ? [] : ['the file does not end with a whole line']),
    ...problemsAt('crm', atWebhook, evidence),
    ...problemsAt('audit', copies, evidence),
  ]
}

/** An event in the journal. */
export interface Kept {
  readonly id: string
  readonly key: string
  readonly serial: number
  /** The sinks to which it counts as delivered. */
  readonly delivered: readonly string[]
}

/** One copy of an event at a sink. */
export interface Copy {
  readonly id: string
  readonly serial: number
}

/** Everything that is known once the program has delivered all it has. */
export interface Evidence {
  /** Serials that were answered OK. */
  readonly promised: ReadonlySet<number>
  /** What the journal holds, in the order of commits. */
  readonly kept: readonly Kept[]
  /** What the webhook has accepted, in the order of arrival. */
  readonly hooked: readonly Copy[]
  /** What the file holds. */
  readonly filed: string
}

const SOME = 10
const some = (all: readonly unknown[]): string =>
  `${all.slice(0, SOME).join(', ')}${all.length > SOME ? ` and ${all.length - SOME} more` : ''}`
const complaint = (what: string, all: readonly unknown[]): readonly string[] => (all.length === 0 ? [] : [`${what}: ${some(all)}`])

/** The copies in a file of lines; undefined for a line that is torn. */
export const copiesIn = (text: string): readonly (Copy | undefined)[] =>
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
const firstCopies = (copies: readonly Copy[]): readonly Copy[] => {
  const seen = new Set<string>()
  return copies.filter(({ id }) => !seen.has(id) && seen.add(id))
}

/** The copies that are not the first of their event. */
export const repeatsIn = (copies: readonly Copy[]): number => copies.length - firstCopies(copies).length

const overtakingIn = (sink: string, copies: readonly Copy[], kept: readonly Kept[]): readonly string[] => {
  const places = new Map(kept.map(({ id, key }, place) => [id, { key, place }]))
  const latest = new Map<string, number>()
  return firstCopies(copies).flatMap(({ id, serial }) => {
    const { key, place } = places.get(id) ?? { key: '', place: -1 }
    const before = latest.get(key) ?? -1
    latest.set(key, Math.max(before, place))
    return place < before ? [`${serial} at ${sink}`] : []
  })
}

const problemsAt = (sink: string, copies: readonly Copy[], { promised, kept }: Evidence): readonly string[] => {
  const serials = new Map(kept.map(({ id, serial }) => [id, serial]))
  const arrived = new Set(copies.map(({ serial }) => serial))
  return [
    ...complaint(
      `answered OK and never at ${sink}`,
      [...promised].filter((serial) => !arrived.has(serial)),
    ),
    ...complaint(
      `stored and never at ${sink}`,
      kept.filter(({ serial }) => !arrived.has(serial)).map(({ serial }) => serial),
    ),
    ...complaint(
      `at ${sink} under an id that is not its own`,
      copies.filter(({ id, serial }) => serials.get(id) !== serial).map(({ id, serial }) => `${serial} as ${id}`),
    ),
    ...complaint(
      `not called delivered to ${sink}`,
      kept.filter(({ delivered }) => !delivered.includes(sink)).map(({ serial }) => serial),
    ),
    ...complaint('overtook an earlier event of its key', overtakingIn(sink, copies, kept)),
  ]
}

/** What was promised and does not hold, a sentence each. */
export const brokenPromises = (evidence: Evidence): readonly string[] => {
  const { promised, kept, hooked, filed } = evidence
  const stored = new Map<number, number>()
  for (const { serial } of kept) stored.set(serial, (stored.get(serial) ?? 0) + 1)
  const lines = copiesIn(filed)
  const copies = lines.filter((line) => line !== undefined)
  return [
    ...complaint(
      'answered OK and not in the journal',
      [...promised].filter((serial) => !stored.has(serial)),
    ),
    ...complaint(
      'stored more than once',
      [...stored].filter(([, times]) => times > 1).map(([serial]) => serial),
    ),
    ...complaint(
      'torn lines in the file',
      lines.flatMap((line, place) => (line === undefined ? [place + 1] : [])),
    ),
    ...(filed === '' || filed.endsWith('\n') ? [] : ['the file does not end with a whole line']),
    ...problemsAt('crm', hooked, evidence),
    ...problemsAt('audit', copies, evidence),
  ]
}

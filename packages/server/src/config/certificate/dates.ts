import type { Chain } from './pem.ts'

const DAY_MS = 86_400_000
/** Warn this long before a certificate expires. */
const EXPIRY_WARNING_DAYS = 14

const isoDay = (date: Date): string => date.toISOString().slice(0, 10)

const explainDates = (validFrom: Date, validTo: Date, now: number): string | undefined => {
  const days = Math.ceil((validTo.getTime() - now) / DAY_MS)
  if (days <= 0) return `expired on ${isoDay(validTo)}: clients refuse it; renew it`
  if (validFrom.getTime() > now) return `is not valid before ${isoDay(validFrom)}: clients refuse it until then`
  return days > EXPIRY_WARNING_DAYS ? undefined : `expires on ${isoDay(validTo)}, in ${days} ${days === 1 ? 'day' : 'days'}; renew it`
}

/**
 * Returns a sentence for each certificate that clients refuse because of its dates, or soon will. `name` names the first one, and `file`
 * is its file. `now` is in milliseconds since the Unix epoch.
 */
export const dateWarnings = (chain: Chain, name: string, file: string, now: number): readonly string[] =>
  chain.flatMap(({ validFromDate, validToDate }, index) => {
    const warning = explainDates(validFromDate, validToDate, now)
    return warning === undefined ? [] : [`${index === 0 ? name : `certificate ${index + 1} in ${file}`} ${warning}`]
  })

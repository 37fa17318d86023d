import { parentPort, workerData } from 'node:worker_threads'
import type { Logger } from 'pino'
import { BEAT_INTERVAL_MS, type CodeOwnerName, createHeartbeat, MAX_MISSED_BEATS, type WatchdogWorkerData } from './heartbeat.ts'

// The thread of the watchdog: it counts its own turns, not time, so that a machine that was stopped as a whole alarms nobody.

// What `startWatchdog` starts it with, and nobody else does.
const { memory, terminal } = workerData as WatchdogWorkerData
const beats = createHeartbeat(memory)
const known: CodeOwnerName[] = []
parentPort?.on('message', (named: CodeOwnerName) => known.push(named))

// Loaded when there is something to say: it would be most of what the thread costs.
let log: Promise<Logger> | undefined
const open = async (): Promise<Logger> => (await import('../util/logger.ts')).createLogger(terminal)
const say = async (how: 'error' | 'warn', fields: object, text: string): Promise<void> => {
  log ??= open()
  const opened = await log
  opened[how](fields, text)
}

const whose = ({ owner, name }: CodeOwnerName): string => (owner === 'sink' ? `the sink ${name}` : `the ${owner} of ${name}`)

let seen = beats.count()
let missed = 0
/** So many missed beats are said next; then twice as many. */
let next = MAX_MISSED_BEATS

const look = () => {
  const count = beats.count()
  const ms = missed * BEAT_INTERVAL_MS
  const still = `for ${(ms / 1_000).toFixed(1)} s`
  if (count !== seen) {
    if (missed >= MAX_MISSED_BEATS) say('warn', { ms }, `the event loop goes on; it stood still ${still}`)
    seen = count
    missed = 0
    next = MAX_MISSED_BEATS
    return
  }
  if (missed === next) {
    const named = known[beats.within() - 1]
    const where = named ? `in the code of ${whose(named)}` : 'in code that cannot be told'
    say('error', { ms, ...named }, `the event loop has stood still ${still}, ${where}: nothing is answered meanwhile`)
    next *= 2
  }
  missed += 1
}

setInterval(look, BEAT_INTERVAL_MS)

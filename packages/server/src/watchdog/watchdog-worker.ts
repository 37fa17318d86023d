import { parentPort, workerData } from 'node:worker_threads'
import type { Logger } from 'pino'
import { BEAT, beatsOf, type Guarded, MISSED, type Named } from './heartbeat.ts'

// The thread of the watchdog: it counts its own turns, not time, so that a machine that was stopped as a whole alarms nobody.

// What `startWatchdog` starts it with, and nobody else does.
const { memory, terminal } = workerData as Guarded
const beats = beatsOf(memory)
const known: Named[] = []
parentPort?.on('message', (named: Named) => known.push(named))

// Loaded when there is something to say: it would be most of what the thread costs.
let log: Promise<Logger> | undefined
const open = async (): Promise<Logger> => (await import('../util/logger.ts')).createLogger(terminal)
const say = async (how: 'error' | 'warn', fields: object, text: string): Promise<void> => {
  log ??= open()
  const opened = await log
  opened[how](fields, text)
}

const whose = ({ party, name }: Named): string => (party === 'sink' ? `the sink ${name}` : `the ${party} of ${name}`)

let seen = beats.count()
let missed = 0
/** So many missed beats are said next; then twice as many. */
let next = MISSED

const look = () => {
  const count = beats.count()
  const ms = missed * BEAT
  const still = `for ${(ms / 1_000).toFixed(1)} s`
  if (count !== seen) {
    if (missed >= MISSED) say('warn', { ms }, `the event loop goes on; it stood still ${still}`)
    seen = count
    missed = 0
    next = MISSED
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

setInterval(look, BEAT)

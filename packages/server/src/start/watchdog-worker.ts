import { parentPort, workerData } from 'node:worker_threads'
import { createLogger } from '../logger.ts'
import { beatsOf, type Guarded, MISSED, type Named } from './heartbeat.ts'

// The thread of the watchdog: it counts its own turns, not time, so that a machine that was stopped as a whole alarms nobody.

// What `createWatchdog` starts it with, and nobody else does.
const { memory, names, terminal, beat } = workerData as Guarded
const beats = beatsOf(memory)
const known = [...names]
parentPort?.on('message', (named: Named) => known.push(named))

const log = await createLogger(terminal)

const whose = ({ party, name }: Named): string => (party === 'sink' ? `the sink ${name}` : `the ${party} of ${name}`)

const said = (ms: number): string => `for ${(ms / 1_000).toFixed(1)} s`

let seen = beats.count()
let missed = 0
/** What is said next, in beats missed: at twice the time it is said again. */
let next = MISSED

const look = () => {
  const count = beats.count()
  if (count === seen) {
    missed += 1
    if (missed < next) return
    next = missed * 2
    const named = known[beats.within() - 1]
    const where = named ? `in the code of ${whose(named)}` : 'in code that cannot be told'
    log.error(
      { ms: missed * beat, ...named },
      `the event loop has stood still ${said(missed * beat)}, ${where}: nothing is answered meanwhile`,
    )
    return
  }
  if (next > MISSED) log.warn({ ms: missed * beat }, `the event loop goes on; it stood still ${said(missed * beat)}`)
  seen = count
  missed = 0
  next = MISSED
}

setInterval(look, beat)

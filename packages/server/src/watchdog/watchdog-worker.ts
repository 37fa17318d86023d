import { writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { Logger } from 'pino'
import { BEAT_INTERVAL_MS, type CodeOwnerName, createHeartbeat, MAX_MISSED_BEATS, type WatchdogWorkerData } from './heartbeat.ts'

// The thread of the watchdog. It counts its own intervals instead of time, so a machine that was suspended raises no alarm.

const STANDARD_OUTPUT = 1

const { memory, terminal }: WatchdogWorkerData = workerData
const heartbeat = createHeartbeat(memory)
const owners: CodeOwnerName[] = []
parentPort?.on('message', (owner: CodeOwnerName) => owners.push(owner))

/** Writes a line past the blocked main thread. The output does not block, so a line that it does not take is dropped. */
const writeOnce = async (line: string): Promise<void> => {
  try {
    writeSync(STANDARD_OUTPUT, line)
  } catch (error) {
    parentPort?.postMessage('dropped')
    throw error
  }
}

// The logger is loaded with the first message, because it needs more memory than the rest of the thread.
let logger: Promise<Logger> | undefined
const loadLogger = async (): Promise<Logger> =>
  (await import('../util/logger.ts')).createLogger({ isTTY: terminal, write: writeOnce }).then(({ log }) => log)
const log = async (level: 'error' | 'warn', fields: object, message: string): Promise<void> => {
  logger ??= loadLogger()
  const loaded = await logger
  loaded[level](fields, message)
}

let lastCount = heartbeat.count()
let missed = 0
/** The number of missed heartbeats that is logged next. It doubles each time. */
let nextReport = MAX_MISSED_BEATS

const check = () => {
  const count = heartbeat.count()
  const ms = missed * BEAT_INTERVAL_MS
  if (count !== lastCount) {
    if (missed >= MAX_MISSED_BEATS) log('warn', { ms }, 'event loop running again')
    lastCount = count
    missed = 0
    nextReport = MAX_MISSED_BEATS
    return
  }
  if (missed === nextReport) {
    log('error', { ms, ...owners[heartbeat.currentOwner() - 1] }, 'event loop blocked; no callback is answered')
    nextReport *= 2
  }
  missed += 1
}

setInterval(check, BEAT_INTERVAL_MS)

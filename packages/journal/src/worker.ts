import { dirname } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { checkpoint, empty } from './checkpoint.ts'
import { makeDirectory, openDatabase, openErrorOf } from './database.ts'
import { troubleOf } from './errors.ts'
import { arm, leavesOutSync } from './failpoint.ts'
import { StoreError, storeErrorOf } from './failure.ts'
import { refuseNetwork } from './filesystem.ts'
import { takeLock } from './lock.ts'
import type { Call, Calls, Reply, Start } from './protocol.ts'
import { createReserve } from './reserve.ts'
import { run } from './store/run.ts'
import { createStore } from './store/store.ts'

// The one thread that writes the journal: it takes the lock, opens the database and answers calls until it is told to close.

const port = parentPort
if (!port) throw new Error('this file is the worker of sqlite()')
// What `sqlite` starts it with, and nobody else does.
const { path, dedupeWindow, now: openedAt, failpoints = [] } = workerData as Start
const reach = arm(failpoints)

const openLock = () => {
  try {
    return takeLock(path)
  } catch (error) {
    throw openErrorOf(error, `${path}.lock`, 'write')
  }
}

const open = () => {
  makeDirectory(path)
  refuseNetwork(dirname(path))
  const lock = openLock()
  try {
    const db = openDatabase(path)
    return { db, store: createStore(db, dedupeWindow, openedAt, reach, leavesOutSync(failpoints)), lock, reserve: createReserve(path) }
  } catch (error) {
    lock.release()
    throw openErrorOf(error, path, 'write')
  }
}

const isLight = ({ request }: Call): boolean => request.verb === 'claim' || request.verb === 'settle'

/** Claims and settlements that follow each other become one group, every other call is a group of its own. */
const groupsOf = (calls: readonly Call[]): readonly (readonly Call[])[] => {
  const groups: Call[][] = []
  for (const call of calls) {
    const last = groups.at(-1)
    if (last?.every(isLight) && isLight(call)) last.push(call)
    else groups.push([call])
  }
  return groups
}

const serve = ({ db, store, lock, reserve }: ReturnType<typeof open>) => {
  // After damage, or an fsync that failed, nothing that this connection says can be relied upon.
  let broken: StoreError | undefined
  let closed = false

  const close = (): undefined => {
    closed = true
    try {
      db.close()
    } finally {
      lock.release()
    }
  }

  const isFull = (error: unknown): boolean => error instanceof StoreError && error.why === 'full'

  const runOnce = (group: readonly Call[], now: number): readonly Reply[] => {
    const runAll = () =>
      group.map(({ number, request }) => ({ number, result: request.verb === 'close' ? close() : run(store, request, now) }))
    if (group.some(({ request }) => request.verb !== 'close')) {
      if (broken) throw broken
      store.tell(now)
    }
    if (group.some(({ request }) => request.verb === 'append') && reserve.isMissing()) {
      throw new StoreError('full', 'the disk is full but for what deliveries need', undefined)
    }
    const settles = group.some(({ request }) => request.verb === 'settle')
    if (settles) reach('settle:before')
    const replies = group.every(isLight) ? store.together(now, runAll) : runAll()
    if (settles) reach('settle:after')
    return replies
  }

  /** A disk that is full of events has still room for what becomes of them. */
  const runGroup = (group: readonly Call[], now: number): readonly Reply[] => {
    try {
      try {
        return runOnce(group, now)
      } catch (error) {
        if (!isFull(error) || !reserve.release()) throw error
        empty(db)
        if (!group.every(isLight)) throw error
        return runOnce(group, now)
      }
    } catch (error) {
      if (error instanceof StoreError && error.why === 'corrupt') broken = error
      return group.map(({ number }) => ({ number, trouble: troubleOf(error) }))
    }
  }

  const tidy = () => {
    try {
      if (!broken) checkpoint(db)
    } catch (error) {
      // A full disk shows itself in the next append; a failed fsync shows itself nowhere else.
      const failure = storeErrorOf(error, true)
      if (failure.why === 'corrupt') broken = failure
    }
  }

  port.on('message', ({ now, calls }: Calls) => {
    for (const group of groupsOf(calls)) port.postMessage(runGroup(group, now))
    if (closed) port.close()
    else tidy()
  })
}

try {
  serve(open())
  port.postMessage([{ number: 0, result: undefined }] satisfies readonly Reply[])
} catch (error) {
  port.postMessage([{ number: 0, trouble: troubleOf(error) }] satisfies readonly Reply[])
  port.close()
}

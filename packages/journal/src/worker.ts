import { dirname } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { type Ballast, createBallast } from './ballast.ts'
import { makeDirectory, openDatabase, openErrorOf } from './database.ts'
import { troubleOf } from './errors.ts'
import { arm, leavesOutSync } from './failpoint.ts'
import { StoreError } from './failure.ts'
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

const openWith = (ballast: Ballast, wasFull: boolean) => {
  const lock = openLock()
  try {
    const db = openDatabase(path)
    const store = createStore(db, dedupeWindow, openedAt, reach, leavesOutSync(failpoints))
    return { db, store, lock, reserve: createReserve(db, ballast, wasFull) }
  } catch (error) {
    lock.release()
    throw openErrorOf(error, path, 'write')
  }
}

const open = () => {
  makeDirectory(path)
  refuseNetwork(dirname(path))
  const ballast = createBallast(path)
  try {
    return openWith(ballast, false)
  } catch (error) {
    if (!(error instanceof StoreError && error.why === 'full')) throw error
    ballast.drop()
    return openWith(ballast, true)
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

  /** The bytes that a group adds to the database; 0 where it takes no events. */
  const needsOf = (group: readonly Call[]): number =>
    group.reduce((sum, { request }) => sum + (request.verb === 'append' ? request.needs : 0), 0)

  const runGroup = (group: readonly Call[], now: number): readonly Reply[] => {
    const isClosing = group.every(({ request }) => request.verb === 'close')
    const runAll = () =>
      group.map(({ number, request }) => ({ number, result: request.verb === 'close' ? close() : run(store, request, now) }))
    const runOnce = () => {
      store.tell(now)
      return group.every(isLight) ? store.together(now, runAll) : runAll()
    }
    try {
      if (isClosing) return runAll()
      if (broken) throw broken
      const settles = group.some(({ request }) => request.verb === 'settle')
      if (settles) reach('settle:before')
      const replies = reserve.run(needsOf(group), runOnce)
      if (settles) reach('settle:after')
      return replies
    } catch (error) {
      if (error instanceof StoreError && error.why === 'corrupt') broken = error
      return group.map(({ number }) => ({ number, trouble: troubleOf(error) }))
    }
  }

  const tidy = () => {
    try {
      if (!broken) reserve.tidy()
    } catch (error) {
      if (error instanceof StoreError) broken = error
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

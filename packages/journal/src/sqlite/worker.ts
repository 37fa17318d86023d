import { dirname } from 'node:path'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { troubleOf } from '../errors.ts'
import { makeDirectory, openDatabase, openErrorOf } from './database.ts'
import { createReserve } from './disk-full.ts'
import { arm, leavesOutSync } from './failpoint.ts'
import { takeLock } from './lock.ts'
import { refuseNetwork } from './network-filesystem.ts'
import { type Ballast, createBallast } from './reserve-file.ts'
import { run } from './store/execute.ts'
import { createStore } from './store/store.ts'
import { StoreError } from './store-error.ts'
import type { Call, Calls, Reply, Start } from './worker-protocol.ts'

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
    if (!(error instanceof StoreError && error.code === 'full')) throw error
    ballast.drop()
    return openWith(ballast, true)
  }
}

const isLight = ({ request }: Call): boolean => request.verb === 'claim' || request.verb === 'settle'
const isAppend = ({ request }: Call): boolean => request.verb === 'append'

/** Claims and settlements that follow each other become one group, with the append behind them; every other call is a group of its own. */
const groupsOf = (calls: readonly Call[]): readonly (readonly Call[])[] => {
  const groups: Call[][] = []
  for (const call of calls) {
    const last = groups.at(-1)
    if (last?.every(isLight) && (isLight(call) || isAppend(call))) last.push(call)
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

  const runAll = (group: readonly Call[], now: number): readonly Reply[] =>
    group.map(({ number, request }) => ({ number, result: request.verb === 'close' ? close() : run(store, request, now) }))

  /** In one transaction, if there is more to it than one call. */
  const runTogether = (group: readonly Call[], now: number): readonly Reply[] => {
    store.tell(now)
    if (group.every(isLight)) return store.together('system', now, () => runAll(group, now))
    return group.length > 1 ? store.together('disk', now, () => runAll(group, now)) : runAll(group, now)
  }

  const runGroup = (group: readonly Call[], now: number): readonly Reply[] => {
    try {
      if (group.every(({ request }) => request.verb === 'close')) return runAll(group, now)
      if (broken) throw broken
      const settles = group.some(({ request }) => request.verb === 'settle')
      if (settles) reach('settle:before')
      const replies = reserve.run(needsOf(group), () => runTogether(group, now))
      if (group.some(isAppend)) reach('append:after-commit')
      if (settles) reach('settle:after')
      return replies
    } catch (error) {
      if (error instanceof StoreError && error.code === 'corrupt') broken = error
      // Nothing of it was kept: what is wrong with the append must not keep the others from being settled.
      const others = group.filter(isLight)
      if (!broken && others.length > 0 && others.length < group.length) {
        return [...runGroup(others, now), ...runGroup(group.filter(isAppend), now)]
      }
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

  /** What has arrived behind a message: groups that grow together commit together. */
  const arrived = (first: Calls): Calls => {
    const all = [first]
    // The client sends nothing else.
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) all.push(next.message as Calls)
    return { now: all.at(-1)?.now ?? first.now, calls: all.flatMap(({ calls }) => calls) }
  }

  port.on('message', (first: Calls) => {
    const { now, calls } = arrived(first)
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

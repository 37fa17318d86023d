import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { createJournalDirectory, isForeignFile, openDatabase, openErrorOf } from './database.ts'
import { createDiskFullHandler } from './disk-full.ts'
import { execute } from './execute-request.ts'
import { armFailpoints, skipsSync } from './failpoint.ts'
import { requireUsableFile } from './journal-path.ts'
import { acquireLock } from './lock.ts'
import { realPathOf, refuseSecondName } from './real-path.ts'
import { createReserveFile, type ReserveFile } from './reserve-file.ts'
import { serializeError } from './serialize-error.ts'
import { createStore } from './store/store.ts'
import { StoreError } from './store-error.ts'
import { fromJson } from './worker-encoding.ts'
import { OPENING_REQUEST_ID, type RequestBatch, type RequestMessage, type ResponseMessage, type WorkerOptions } from './worker-protocol.ts'

// The only thread that writes the journal. It acquires the lock, opens the database, and serves requests until it gets `close`.

const port = parentPort
if (!port) throw new Error('cannot run the worker of a journal: this is the main thread; call sqlite()')
// Only `startWorker` starts this file.
const { path: givenPath, dedupeWindow, now: openedAt, failpoints = [] } = workerData as WorkerOptions
const hitFailpoint = armFailpoints(failpoints)

const openLock = (path: string) => {
  try {
    return acquireLock(path)
  } catch (error) {
    throw openErrorOf(error, `${path}.lock`, 'write')
  }
}

const openWith = (path: string, reserveFile: ReserveFile, wasFull: boolean) => {
  const lock = openLock(path)
  // The file system responds. From here on the opening may take its time, for example to recover a long WAL.
  port.postMessage([] satisfies readonly ResponseMessage[])
  try {
    const db = openDatabase(path)
    const store = createStore(db, dedupeWindow, openedAt, { hitFailpoint, skipSync: skipsSync(failpoints) })
    return { db, store, lock, diskFullHandler: createDiskFullHandler(db, reserveFile, wasFull) }
  } catch (error) {
    const openError = openErrorOf(error, path, 'write')
    if (isForeignFile(openError)) lock.discard()
    else lock.release()
    throw openError
  }
}

const open = () => {
  const path = realPathOf(givenPath)
  refuseSecondName(path)
  createJournalDirectory(path)
  requireUsableFile(path)
  const reserveFile = createReserveFile(path)
  try {
    return openWith(path, reserveFile, false)
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'full')) throw error
    reserveFile.remove()
    return openWith(path, reserveFile, true)
  }
}

// A settlement survives the end of the process once it is written.
const FLUSH_DELAY_MS = 50

const isSettlement = ({ request }: RequestMessage): boolean => request.verb === 'settle'
const isBatchable = ({ request }: RequestMessage): boolean => request.verb === 'claim' || request.verb === 'settle'
const isAppend = ({ request }: RequestMessage): boolean => request.verb === 'append'

/** Groups consecutive claims and settlements, with the append that follows them. Every other request is a group of its own. */
const groupsOf = (requests: readonly RequestMessage[]): readonly (readonly RequestMessage[])[] => {
  const groups: RequestMessage[][] = []
  for (const message of requests) {
    const last = groups.at(-1)
    if (last?.every(isBatchable) && (isBatchable(message) || isAppend(message))) last.push(message)
    else groups.push([message])
  }
  return groups
}

const serve = ({ db, store, lock, diskFullHandler }: ReturnType<typeof open>) => {
  // After corruption or a failed fsync nothing that this connection reports is reliable.
  let broken: StoreError | undefined
  let closed = false

  let flushTimer: NodeJS.Timeout | undefined
  let lastNow = openedAt

  const close = (): undefined => {
    closed = true
    clearTimeout(flushTimer)
    unlessBroken(() => diskFullHandler.run(0, () => store.flush(lastNow)))
    try {
      db.close()
    } finally {
      lock.release()
    }
  }

  /** The number of bytes that a group adds to the database; 0 when it stores no events. */
  const neededBytesOf = (group: readonly RequestMessage[]): number =>
    group.reduce((sum, { request }) => sum + (request.verb === 'append' ? request.neededBytes : 0), 0)

  const runAll = (group: readonly RequestMessage[], now: number): readonly ResponseMessage[] =>
    group.map(({ requestId, request }) => ({ requestId, result: request.verb === 'close' ? close() : execute(store, request, now) }))

  /** Settles all batches of a group at once. Most settlements only change the memory of this thread. */
  const settleAll = (group: readonly RequestMessage[], now: number): readonly ResponseMessage[] => {
    const batches = group.map(({ request }) => (request.verb === 'settle' ? fromJson(request.batch) : []))
    const answers = store.settle(batches.flat(), now)
    let start = 0
    return group.map(({ requestId }, index) => {
      const end = start + (batches[index]?.length ?? 0)
      const result = answers.slice(start, end)
      start = end
      return { requestId, result }
    })
  }

  /** Runs a group of more than one request in one transaction. */
  const runGroupInTransaction = (group: readonly RequestMessage[], now: number): readonly ResponseMessage[] => {
    store.observeClock(now)
    if (group.every(isSettlement)) return settleAll(group, now)
    if (group.every(isBatchable)) return store.runInTransaction('system', now, () => runAll(group, now))
    return group.length > 1 ? store.runInTransaction('disk', now, () => runAll(group, now)) : runAll(group, now)
  }

  const runGroup = (group: readonly RequestMessage[], now: number): readonly ResponseMessage[] => {
    try {
      if (group.every(({ request }) => request.verb === 'close')) return runAll(group, now)
      if (broken) throw broken
      const settles = group.some(({ request }) => request.verb === 'settle')
      if (settles) hitFailpoint('settle:before')
      const responses = diskFullHandler.run(neededBytesOf(group), () => runGroupInTransaction(group, now))
      if (group.some(isAppend)) hitFailpoint('append:after-commit')
      if (settles) hitFailpoint('settle:after')
      return responses
    } catch (error) {
      if (error instanceof StoreError && error.code === 'corrupt') broken = error
      // The group was rolled back. When the append failed, the claims and settlements run again without it.
      const others = group.filter(isBatchable)
      if (!broken && others.length > 0 && others.length < group.length) {
        return [...runGroup(others, now), ...runGroup(group.filter(isAppend), now)]
      }
      return group.map(({ requestId }) => ({ requestId, error: serializeError(error) }))
    }
  }

  const unlessBroken = (work: () => void) => {
    try {
      if (!broken) work()
    } catch (error) {
      if (error instanceof StoreError && error.code === 'corrupt') broken = error
    }
  }

  const flush = () => {
    flushTimer = undefined
    unlessBroken(() => diskFullHandler.run(0, () => store.flush(lastNow)))
    flushLater()
  }

  const flushLater = () => {
    if (!broken && store.isDirty()) flushTimer ??= setTimeout(flush, FLUSH_DELAY_MS)
  }

  /** Returns a batch with all batches that have arrived behind it. The longer their groups, the fewer commits they need. */
  const drainMessages = (first: RequestBatch): RequestBatch => {
    const batches = [first]
    // The client sends no other messages.
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) batches.push(next.message as RequestBatch)
    return { now: batches.at(-1)?.now ?? first.now, requests: batches.flatMap(({ requests }) => requests) }
  }

  port.on('message', (first: RequestBatch) => {
    const { now, requests } = drainMessages(first)
    lastNow = now
    for (const group of groupsOf(requests)) port.postMessage(runGroup(group, now))
    if (closed) port.close()
    else {
      unlessBroken(diskFullHandler.maintain)
      flushLater()
    }
  })
}

try {
  serve(open())
  port.postMessage([{ requestId: OPENING_REQUEST_ID, result: undefined }] satisfies readonly ResponseMessage[])
} catch (error) {
  port.postMessage([{ requestId: OPENING_REQUEST_ID, error: serializeError(error) }] satisfies readonly ResponseMessage[])
  port.close()
}

import { createHash } from 'node:crypto'
import { fdatasync, openSync, writeSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { groupDestroyed } from '@callboard/plugin-group-destroyed'
import { OK, serve } from './listen.ts'
import { isGenuine } from './signature.ts'

// The limit: the same promises with nothing around them, and without recovery, search, retries or dead letters.
// node:http, the signature, our codec, a hash for duplicates, one write and one fdatasync per batch, a line in a file, and marks of what is
// delivered. The argument has the directory.

interface Pending {
  readonly response: ServerResponse
  readonly record: Buffer
  readonly line: string
}

const MAX_HASHES = 100_000
const sync = promisify(fdatasync)

const { dir } = JSON.parse(process.argv[2] ?? '{}')
const log = openSync(join(dir, 'log'), 'a')
const file = openSync(join(dir, 'callbacks.jsonl'), 'a')
const hashes = new Set<string>()
let pending: Pending[] = []
let undelivered: string[] = []
let isStoring = false
let isDelivering = false
let position = 0

const deliver = async (): Promise<void> => {
  if (isDelivering) return
  isDelivering = true
  while (undelivered.length > 0) {
    const lines = undelivered
    undelivered = []
    writeSync(file, lines.join(''))
    await sync(file)
    position += lines.length
    // The next batch syncs the mark.
    writeSync(log, `delivered ${position}\n`)
  }
  isDelivering = false
}

const store = async (): Promise<void> => {
  if (isStoring) return
  isStoring = true
  while (pending.length > 0) {
    const batch = pending
    pending = []
    writeSync(log, Buffer.concat(batch.map(({ record }) => record)))
    await sync(log)
    for (const { response, line } of batch) {
      response.end(OK)
      undelivered.push(line)
    }
    void deliver()
  }
  isStoring = false
}

serve((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    const [, search = ''] = (req.url ?? '').split('?')
    const body = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)
    const decoded = groupDestroyed.decode(JSON.parse(body.toString()))
    if (!isGenuine(new URLSearchParams(search)) || 'reasons' in decoded) {
      res.writeHead(403).end()
      return
    }
    const hash = createHash('sha256').update(body).digest('base64')
    res.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': OK.length })
    if (hashes.has(hash)) {
      res.end(OK)
      return
    }
    if (hashes.size === MAX_HASHES) hashes.clear()
    hashes.add(hash)
    pending.push({ response: res, record: body, line: `${body.toString()}\n` })
    setImmediate(store)
  })
})

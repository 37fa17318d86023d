import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { callbackUrl } from '@callboard/testing'
import { APP, bodyWith, COMMAND, TOKEN } from '../callback-body.ts'
import { percentile } from '../load.ts'

// The load generator, a process of its own: each connection sends its next callback when the last one is answered.
// A general one would not do: no two bodies may be alike, and a client that builds each request anew is slower than the servers.

/** What is sent: for `seconds`, from the callback number `from` on. */
export interface Blast {
  readonly to: string
  readonly members: number
  readonly connections: number
  readonly seconds: number
  readonly from: number
  /** Signs each body as GitHub does as well, in a header. */
  readonly hubSecret?: string | undefined
  /** Seconds without any answer after which it fails; 10 if left out. */
  readonly silence?: number
}
/** What came of it. */
export interface Blasted {
  readonly answered: number
  readonly perSecond: number
  /** Milliseconds from sending to the answer. */
  readonly p50: number
  readonly p99: number
  /** The share of one core that the generator itself took. */
  readonly generator: number
}

const MOST_SILENT_SECONDS = 10
const LOOK_EVERY = 100
const GENUINE = /^HTTP\/1\.1 200 /
const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

/** Signs anew each second. */
const requests = ({ to, members, from, hubSecret }: Blast): (() => string) => {
  const body = bodyWith(members)
  const length = Buffer.byteLength(body(0))
  const hub = (text: string) =>
    hubSecret === undefined ? '' : `x-hub-signature-256: sha256=${createHmac('sha256', hubSecret).update(text).digest('hex')}\r\n`
  let signedAt = 0
  let head = ''
  let n = from
  return () => {
    const second = Math.floor(Date.now() / 1_000)
    if (second !== signedAt) {
      signedAt = second
      const url = new URL(callbackUrl({ to, app: APP, token: TOKEN, command: COMMAND, requestTime: second }))
      head = `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n`
    }
    n += 1
    const text = body(n)
    return `${head}${hub(text)}\r\n${text}`
  }
}

/** Runs a load that tells when it heard an answer; rejects once it has heard none for so many seconds. */
const unlessSilent = <T>(seconds: number, run: (heard: () => void) => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    let last = performance.now()
    const look = setInterval(() => {
      if (performance.now() - last > seconds * 1_000) reject(new Error(`nothing was answered for ${seconds} s`))
    }, LOOK_EVERY)
    const heard = () => {
      last = performance.now()
    }
    run(heard)
      .then(resolve, reject)
      .finally(() => clearInterval(look))
  })

const blast = (load: Blast): Promise<Blasted> => {
  const next = requests(load)
  const times: number[] = []
  const { hostname, port } = new URL(load.to)
  const began = performance.now()
  const cpu = process.cpuUsage()
  const until = began + load.seconds * 1_000

  const one = (heard: () => void) =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      let sent = 0
      let text = ''
      const send = () => {
        if (performance.now() >= until) {
          resolve()
          socket.destroy()
          return
        }
        sent = performance.now()
        socket.write(next())
      }
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk
        if (!text.endsWith(OK)) return text.includes('\r\n\r\n{') && !GENUINE.test(text) ? reject(new Error(`answered ${text}`)) : undefined
        if (!GENUINE.test(text)) return reject(new Error(`answered ${text}`))
        text = ''
        times.push(performance.now() - sent)
        heard()
        send()
      })
      socket.on('error', reject)
      socket.on('close', () => reject(new Error(`the connection was closed${text && ` after ${text}`}`)))
      socket.on('connect', send)
    })

  const all = (heard: () => void) => Promise.all(Array.from({ length: load.connections }, () => one(heard)))
  return unlessSilent(load.silence ?? MOST_SILENT_SECONDS, all).then(() => {
    const ms = performance.now() - began
    const { user, system } = process.cpuUsage(cpu)
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
    return { answered: times.length, perSecond: (times.length / ms) * 1_000, p50, p99, generator: (user + system) / 1_000 / ms }
  })
}

try {
  process.stdout.write(JSON.stringify(await blast(JSON.parse(process.argv[2] ?? '{}'))))
} catch (error) {
  process.stderr.write(`the load ended: ${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}

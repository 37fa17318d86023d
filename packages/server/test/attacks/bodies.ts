import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type Attack, aBody, answerIn, type Bench, each, refused, stored } from './bench.ts'

const MANY = 2 ** 20 * 10

/** A request as bytes, with a head of one's own. */
const request = ({ url }: Bench, head: readonly string[], body: string | Buffer): Buffer => {
  const { pathname, search } = url()
  return Buffer.concat([Buffer.from(`POST ${pathname}${search} HTTP/1.1\r\nHost: x\r\n${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)])
}

/** What is in a body, and how it arrives. */
export const bodyAttacks: readonly Attack[] = [
  {
    fault: 'F41',
    what: 'JSON that is none, or no object',
    attack: (bench) =>
      each(['', '{"GroupId":', '{"GroupId":"g",}', 'null', '[]', '7', '{"a":NaN}', '\ufeff\ufeff{}'], (body) =>
        refused(bench, 400, () => bench.post({ body })),
      ),
  },
  {
    fault: 'F41',
    what: 'UTF-16, and bytes that are no UTF-8',
    attack: (bench) =>
      each([Buffer.from(JSON.stringify(aBody()), 'utf16le'), Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])], (body) =>
        refused(bench, 400, () => bench.post({ body })),
      ),
  },
  {
    fault: 'F42',
    what: 'another Content-Type for the same JSON',
    attack: (bench) =>
      each(
        ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=gbk'],
        (type) => stored(bench, 'accepted', () => bench.post({ headers: { 'content-type': type } })),
      ),
  },
  {
    fault: 'F43',
    what: '10 MB, announced, in pieces, and after 100-continue',
    attack: async (bench) => {
      const plain = await refused(bench, 413, () => bench.post({ body: `{"a":"${'x'.repeat(MANY)}"}` }))
      const pieces = `${'ffff\r\n'}${'x'.repeat(0xffff)}\r\n`.repeat(40)
      const chunked = await refused(bench, 413, async () =>
        answerIn(await bench.raw(request(bench, ['Transfer-Encoding: chunked'], pieces))),
      )
      const asked = await refused(bench, 413, async () =>
        answerIn(
          (await bench.raw(request(bench, [`Content-Length: ${MANY}`, 'Expect: 100-continue'], ''))).replace(
            /^HTTP\/1\.1 100[\s\S]*?\r\n\r\n/,
            '',
          ),
        ),
      )
      return plain ?? chunked ?? asked
    },
  },
  {
    fault: 'F43',
    what: 'a Content-Length that lies',
    attack: (bench) => {
      const body = JSON.stringify(aBody())
      return refused(bench, 400, async () =>
        answerIn(await bench.raw(request(bench, [`Content-Length: ${body.length - 5}`, 'Connection: close'], body.slice(0, -5)))),
      )
    },
  },
  {
    fault: 'F44',
    what: 'compressed bodies',
    attack: (bench) => {
      const body = Buffer.from(JSON.stringify(aBody()))
      const kinds: readonly (readonly [string, Buffer])[] = [
        ['gzip', gzipSync(body)],
        ['deflate', deflateSync(body)],
        ['br', brotliCompressSync(body)],
        ['zstd', zstdCompressSync(body)],
        ['gzip', gzipSync(Buffer.alloc(MANY))],
      ]
      return each(kinds, ([encoding, bytes]) =>
        refused(bench, 415, () => bench.post({ body: bytes, headers: { 'content-encoding': encoding } })),
      )
    },
  },
  {
    fault: 'F45',
    what: 'deep JSON',
    attack: (bench) =>
      each([`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, '{"a":'.repeat(100_000), '['.repeat(1_000_000)], (body) =>
        refused(bench, 400, () => bench.post({ body })),
      ),
  },
  {
    fault: 'F45',
    what: 'a hundred thousand values and more',
    attack: (bench) => refused(bench, 400, () => bench.post({ body: `{"a":[${'{},'.repeat(100_000)}{}]}` })),
  },
  {
    fault: 'F46',
    what: 'keys that reach for prototypes, escaped too',
    attack: async (bench) => {
      const keys = ['__proto__', 'constructor', 'prototype', '\\u005f_proto__', '__pro\\u0074o__', 'con\\u0073tructor']
      const complaint = await each(keys, (key) =>
        each([`{"${key}":{"polluted":1}}`, `{"MemberList":[{"Member_Account":"a","${key}":{"polluted":1}}]}`], (body) =>
          refused(bench, 400, () => bench.post({ body })),
        ),
      )
      return complaint ?? ('polluted' in {} ? 'the prototype of all objects was changed' : undefined)
    },
  },
  {
    fault: 'F47',
    what: 'a body of another command, and a command given twice in the body',
    attack: (bench) =>
      each(['{"CallbackCommand":"Group.CallbackAfterCreateGroup"}', '{"CallbackCommand":7}', '{"CallbackCommand":null}'], (body) =>
        refused(bench, 400, () => bench.post({ body })),
      ),
  },
  {
    fault: 'F48',
    what: 'numbers and texts that JavaScript would change reach the receiver byte for byte',
    attack: async (bench) => {
      const text = `${JSON.stringify(aBody()).slice(0, -1)}, "A":9007199254740993,"B":12345678901234567890, "C":1e400,"D":"\\ud800" }`
      const complaint = await stored(bench, 'accepted', () => bench.post({ body: text }))
      await bench.served.callboard.idle()
      return complaint ?? (bench.got.at(-1)?.body === text ? undefined : `the receiver got ${bench.got.at(-1)?.body}`)
    },
  },
  {
    fault: 'F50',
    what: 'bodies that do not fit their codec are kept in quarantine and delivered to nobody',
    attack: async (bench) => {
      await bench.served.callboard.idle()
      const before = bench.got.length
      const complaint = await each([{ GroupId: 7 }, { ...aBody(), MemberList: 'x' }, { ...aBody(), EventTime: {} }], (body) =>
        stored(bench, 'quarantined', () => bench.post({ body })),
      )
      await bench.served.callboard.idle()
      return complaint ?? (bench.got.length === before ? undefined : 'something was delivered')
    },
  },
  {
    fault: 'F51',
    what: 'a head, and a body, that never end',
    attack: async (bench) => {
      const slow = async (text: string | Buffer) => answerIn(await bench.raw(text))
      const [head, body] = await Promise.all([
        refused(bench, 408, () => slow('POST /callback HTTP/1.1\r\nHost: x\r\n')),
        refused(bench, 408, () => slow(request(bench, ['Content-Length: 1000'], '{"Group'))),
      ])
      return head ?? body
    },
  },
  {
    fault: 'F53',
    what: 'requests that two servers would read differently',
    attack: (bench) =>
      each(
        [
          ['Content-Length: 3', 'Transfer-Encoding: chunked'],
          ['Content-Length: 3', 'Content-Length: 4'],
          ['Transfer-Encoding: xchunked'],
          ['Content-Length: 3', 'X-Folded: a', ' b: c'],
          ['Content-Length : 3'],
          ['Content-Length: +3'],
        ],
        (head) => refused(bench, 400, async () => answerIn(await bench.raw(request(bench, head, '{}\n')))),
      ),
  },
]

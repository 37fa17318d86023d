import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type Attack, type AttackTarget, checkRefused, checkStored, firstProblem, parseAnswer, uniqueBody } from './attack-target.ts'

const TEN_MIB = 2 ** 20 * 10

/** A request as bytes, with these header lines. */
const request = ({ url }: AttackTarget, head: readonly string[], body: string | Buffer): Buffer => {
  const { pathname, search } = url()
  return Buffer.concat([Buffer.from(`POST ${pathname}${search} HTTP/1.1\r\nHost: x\r\n${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)])
}

/** Attacks by the body and its framing. */
export const bodyAttacks: readonly Attack[] = [
  {
    title: 'invalid JSON and JSON that is no object are answered 400 [F41]',
    attack: (target) =>
      firstProblem(['', '{"GroupId":', '{"GroupId":"g",}', 'null', '[]', '7', '{"a":NaN}', '\ufeff\ufeff{}'], (body) =>
        checkRefused(target, 400, () => target.post({ body })),
      ),
  },
  {
    title: 'UTF-16 and invalid UTF-8 are answered 400 [F41]',
    attack: (target) =>
      firstProblem(
        [Buffer.from(JSON.stringify(uniqueBody()), 'utf16le'), Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
        (body) => checkRefused(target, 400, () => target.post({ body })),
      ),
  },
  {
    title: 'JSON is accepted under any Content-Type [F42]',
    attack: (target) =>
      firstProblem(
        ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=gbk'],
        (type) => checkStored(target, 'accepted', () => target.post({ headers: { 'content-type': type } })),
      ),
  },
  {
    title: '10 MB are answered 413 with a length, in chunks and after 100-continue [F43]',
    attack: async (target) => {
      const plain = await checkRefused(target, 413, () => target.post({ body: `{"a":"${'x'.repeat(TEN_MIB)}"}` }))
      const pieces = `${'ffff\r\n'}${'x'.repeat(0xffff)}\r\n`.repeat(40)
      const chunked = await checkRefused(target, 413, async () =>
        parseAnswer(await target.raw(request(target, ['Transfer-Encoding: chunked'], pieces))),
      )
      const asked = await checkRefused(target, 413, async () =>
        parseAnswer(
          (await target.raw(request(target, [`Content-Length: ${TEN_MIB}`, 'Expect: 100-continue'], ''))).replace(
            /^HTTP\/1\.1 100[\s\S]*?\r\n\r\n/,
            '',
          ),
        ),
      )
      return plain ?? chunked ?? asked
    },
  },
  {
    title: 'a wrong Content-Length is answered 400 [F43]',
    attack: (target) => {
      const body = JSON.stringify(uniqueBody())
      return checkRefused(target, 400, async () =>
        parseAnswer(await target.raw(request(target, [`Content-Length: ${body.length - 5}`, 'Connection: close'], body.slice(0, -5)))),
      )
    },
  },
  {
    title: 'compressed bodies are answered 415 [F44]',
    attack: (target) => {
      const body = Buffer.from(JSON.stringify(uniqueBody()))
      const kinds: readonly (readonly [string, Buffer])[] = [
        ['gzip', gzipSync(body)],
        ['deflate', deflateSync(body)],
        ['br', brotliCompressSync(body)],
        ['zstd', zstdCompressSync(body)],
        ['gzip', gzipSync(Buffer.alloc(TEN_MIB))],
      ]
      return firstProblem(kinds, ([encoding, bytes]) =>
        checkRefused(target, 415, () => target.post({ body: bytes, headers: { 'content-encoding': encoding } })),
      )
    },
  },
  {
    title: 'deep JSON is answered 400 [F45]',
    attack: (target) =>
      firstProblem([`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, '{"a":'.repeat(100_000), '['.repeat(1_000_000)], (body) =>
        checkRefused(target, 400, () => target.post({ body })),
      ),
  },
  {
    title: 'more than 100 000 values are answered 400',
    attack: (target) => checkRefused(target, 400, () => target.post({ body: `{"a":[${'{},'.repeat(100_000)}{}]}` })),
  },
  {
    title: 'prototype keys are answered 400, also when they are escaped [F46]',
    attack: async (target) => {
      const keys = ['__proto__', 'constructor', 'prototype', '\\u005f_proto__', '__pro\\u0074o__', 'con\\u0073tructor']
      const problem = await firstProblem(keys, (key) =>
        firstProblem([`{"${key}":{"polluted":1}}`, `{"MemberList":[{"Member_Account":"a","${key}":{"polluted":1}}]}`], (body) =>
          checkRefused(target, 400, () => target.post({ body })),
        ),
      )
      return problem ?? ('polluted' in {} ? 'the prototype of all objects was changed' : undefined)
    },
  },
  {
    title: 'a command in the body that differs from the query is answered 400 [F47]',
    attack: (target) =>
      firstProblem(['{"CallbackCommand":"Group.CallbackAfterCreateGroup"}', '{"CallbackCommand":7}', '{"CallbackCommand":null}'], (body) =>
        checkRefused(target, 400, () => target.post({ body })),
      ),
  },
  {
    title: 'numbers and texts that JavaScript would change reach the receiver byte for byte [F48]',
    attack: async (target) => {
      const text = `${JSON.stringify(uniqueBody()).slice(0, -1)}, "A":9007199254740993,"B":12345678901234567890, "C":1e400,"D":"\\ud800" }`
      const problem = await checkStored(target, 'accepted', () => target.post({ body: text }))
      await target.served.callboard.idle()
      return problem ?? (target.got.at(-1)?.body === text ? undefined : `the receiver got ${target.got.at(-1)?.body}`)
    },
  },
  {
    title: 'invalid bodies are quarantined and not delivered [F50]',
    attack: async (target) => {
      await target.served.callboard.idle()
      const before = target.got.length
      const problem = await firstProblem(
        [{ GroupId: 7 }, { ...uniqueBody(), MemberList: 'x' }, { ...uniqueBody(), EventTime: {} }],
        (body) => checkStored(target, 'quarantined', () => target.post({ body })),
      )
      await target.served.callboard.idle()
      return problem ?? (target.got.length === before ? undefined : 'something was delivered')
    },
  },
  {
    title: 'a head or a body that never ends is answered 408 [F51]',
    attack: async (target) => {
      const slow = async (text: string | Buffer) => parseAnswer(await target.raw(text))
      const [head, body] = await Promise.all([
        checkRefused(target, 408, () => slow('POST /callback HTTP/1.1\r\nHost: x\r\n')),
        checkRefused(target, 408, () => slow(request(target, ['Content-Length: 1000'], '{"Group'))),
      ])
      return head ?? body
    },
  },
  {
    title: 'ambiguous request framing is answered 400 [F53]',
    attack: (target) =>
      firstProblem(
        [
          ['Content-Length: 3', 'Transfer-Encoding: chunked'],
          ['Content-Length: 3', 'Content-Length: 4'],
          ['Transfer-Encoding: xchunked'],
          ['Content-Length: 3', 'X-Folded: a', ' b: c'],
          ['Content-Length : 3'],
          ['Content-Length: +3'],
        ],
        (head) => checkRefused(target, 400, async () => parseAnswer(await target.raw(request(target, head, '{}\n')))),
      ),
  },
]

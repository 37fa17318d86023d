import type { Sink } from '@callboard/core'
import { file, log, webhook } from '@callboard/sinks'

// Compiled by `pnpm test`; each @ts-expect-error is a case that must not compile.

describe('types of sinks', () => {
  it('know the options of each kind, and those that every sink takes', () => {
    const right: readonly Sink[] = [
      log(),
      log({ format: 'json', level: 'warn', order: false }),
      file({ path: './x.jsonl', rotate: { size: '100MiB', every: 'day', keep: 14 }, concurrency: 8 }),
      webhook({ url: 'https://x.example', secret: ['a', 'b'], timeout: '5s', retry: '1s 5s' }),
      webhook({ url: 'https://x.example', unsigned: true, format: 'cloudevents-structured', allow: ['10.0.0.0/8'] }),
    ]
    void right
    const wrong = () => [
      // @ts-expect-error a path is needed
      file({}),
      // @ts-expect-error there is no such option
      file({ path: './x.jsonl', pth: './x.jsonl' }),
      // @ts-expect-error a file is rotated by day, or not at all
      file({ path: './x.jsonl', rotate: { every: 'hour' } }),
      // @ts-expect-error a URL is needed
      webhook({ unsigned: true }),
      // @ts-expect-error there is no such format
      webhook({ url: 'https://x.example', format: 'xml' }),
      // @ts-expect-error there is no such level
      log({ level: 'loud' }),
      // @ts-expect-error a retry is a text
      log({ retry: 5 }),
    ]
    void wrong
  })
})

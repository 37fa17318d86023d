import type { Sink } from '@callboard/core'
import { file, log, webhook } from '@callboard/sinks'

// The type checker tests this file. It reports an error if the code below an @ts-expect-error comment compiles.

describe('sink option types', () => {
  it('accept the options of each sink and the delivery options and reject invalid options', () => {
    const validSinks: readonly Sink[] = [
      log(),
      log({ format: 'json', level: 'warn', order: false }),
      file({ path: './x.jsonl', rotate: { size: '100MiB', every: 'day', keep: 14 }, concurrency: 8 }),
      webhook({ url: 'https://x.example', secret: ['a', 'b'], timeout: '5s', retry: '1s 5s' }),
      webhook({ url: 'https://x.example', unsigned: true, format: 'cloudevents-structured', allow: ['10.0.0.0/8'] }),
    ]
    void validSinks
    const invalidSinks = () => [
      // @ts-expect-error `path` is required
      file({}),
      // @ts-expect-error the option is unknown
      file({ path: './x.jsonl', pth: './x.jsonl' }),
      // @ts-expect-error `every` accepts only 'day'
      file({ path: './x.jsonl', rotate: { every: 'hour' } }),
      // @ts-expect-error `url` is required
      webhook({ unsigned: true }),
      // @ts-expect-error the format is unknown
      webhook({ url: 'https://x.example', format: 'xml' }),
      // @ts-expect-error the level is unknown
      log({ level: 'loud' }),
      // @ts-expect-error `retry` is a string
      log({ retry: 5 }),
    ]
    void invalidSinks
  })
})

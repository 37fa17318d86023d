import { hear, pack, say, unpack } from '../worker-encoding.ts'
import type { Request, Result } from '../worker-protocol.ts'
import type { Store } from './store.ts'

/** Does what is asked of the store. What it gives for each verb is listed in `Results`. */
export const run = (store: Store, request: Exclude<Request, { readonly verb: 'close' }>, now: number): Result => {
  switch (request.verb) {
    case 'append':
      return say(store.append(unpack(request.rows), now, request.handOut))
    case 'claim': {
      const { handed, ...rest } = store.claim(request.request, now)
      return { ...rest, handed: pack(handed, ({ token, attempt, replay, event }) => ({ token, attempt, replay, event })) }
    }
    case 'settle':
      return store.settle(hear(request.batch), now)
    case 'find':
      return store.find(request.query, now)
    case 'replay':
      return store.replay(request.change, now)
    case 'discard':
      return store.discard(request.change, now)
    case 'reprocess':
      return store.reprocess(request.events, now)
    case 'blocked':
      return store.blocked(request.sink, request.limit, now)
    case 'prune':
      return store.prune(request.keep, now)
    case 'stats':
      return store.stats(now)
  }
}

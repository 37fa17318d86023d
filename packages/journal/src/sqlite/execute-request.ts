import type { Store } from './store/store.ts'
import { fromJson, packBodies, toJson, unpackBodies } from './worker-encoding.ts'
import type { Request, Result } from './worker-protocol.ts'

/** Runs a request on the store. The type `Results` lists the result of each verb. */
export const execute = (store: Store, request: Exclude<Request, { readonly verb: 'close' }>, now: number): Result => {
  switch (request.verb) {
    case 'append':
      return toJson(store.append(unpackBodies(request.rows), now, request.handOut))
    case 'claim': {
      const { claimed, ...rest } = store.claim(request.request, now)
      return { ...rest, claimed: packBodies(claimed, ({ token, attempt, replay, event }) => ({ token, attempt, replay, event })) }
    }
    case 'settle':
      return store.settle(fromJson(request.batch), now)
    case 'find':
      return store.find(request.query, now)
    case 'replay':
      return store.replay(request.change, now)
    case 'discard':
      return store.discard(request.change, now)
    case 'resume':
      return store.resume(request.sink, now)
    case 'reprocess':
      return store.reprocess(request.events, now)
    case 'blocked':
      return store.blocked(request.sink, request.limit, now)
    case 'prune':
      return store.prune(request.limits, now)
    case 'stats':
      return store.stats(now)
  }
}

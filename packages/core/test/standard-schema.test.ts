import { definePlugin, millis, string, struct, type TypeOf } from '@callboard/core'
import { sValidator } from '@hono/standard-validator'
import { expect } from 'chai'
import { Hono } from 'hono'

const Body = struct({ GroupId: string }, { EventTime: millis })
const plugin = definePlugin({ command: 'Group.CallbackAfterX', title: 'X', body: Body, sample: { GroupId: 'g' } })

/** A Hono app that validates its JSON body with a codec or a plugin of ours. */
const appWith = (schema: typeof Body | typeof plugin) =>
  new Hono().post('/', sValidator('json', schema), (context) => {
    const body: TypeOf<typeof Body> = context.req.valid('json')
    return context.json(body)
  })

const post = (schema: typeof Body | typeof plugin, body: unknown): Promise<Response> | Response =>
  appWith(schema).request('/', { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })

describe('Standard Schema', () => {
  for (const [name, schema] of [
    ['a codec', Body],
    ['a plugin', plugin],
  ] as const) {
    it(`lets Hono validate a request with ${name} and returns the decoded body`, async () => {
      const response = await post(schema, { GroupId: 'g', EventTime: '1670574414123', Unknown: 1 })
      expect(response.status).to.equal(200)
      expect(await response.json()).to.deep.equal({ GroupId: 'g', EventTime: 1670574414123, Unknown: 1 })
    })

    it(`lets Hono refuse a request with ${name} and report the path`, async () => {
      const response = await post(schema, { GroupId: 7 })
      expect(response.status).to.equal(400)
      expect(JSON.stringify(await response.json())).to.contain('GroupId')
    })
  }
})

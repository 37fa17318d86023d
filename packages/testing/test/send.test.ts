import { callbackUrl } from '@callboard/testing'
import { expect } from 'chai'

describe('the URL of a callback', () => {
  it('names what it was given instead of the URL of a listener', () => {
    for (const [to, what] of [
      [undefined, 'nothing'],
      ['localhost', '"localhost"'],
      [8080, 'a number'],
    ])
      expect(() => Reflect.apply(callbackUrl, undefined, [{ to, app: 1, command: 'X' }])).to.throw(
        TypeError,
        `to: expected the URL of a callback listener, got ${what}`,
      )
  })
})

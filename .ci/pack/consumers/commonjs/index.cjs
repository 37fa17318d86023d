// Node 22.13 and newer can require ES modules, as long as no module has a top-level await.
const { definePlugin, isPlugin, memory } = require('@callboard/core')
const assert = require('node:assert/strict')

assert.equal(typeof definePlugin, 'function')
assert.equal(isPlugin({}), false)
memory()
  .stats()
  .then(({ events }) => assert.equal(events, 0))

#!/usr/bin/env node
// Plain, old JavaScript: an unsuitable Node must get as far as this sentence.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`callboard needs Node 22.13 or newer, this is ${process.versions.node}. Install a current Node and try again.`)
  process.exit(69)
}
const { main } = await import('@callboard/server')
process.exitCode = await main(process.argv.slice(2))

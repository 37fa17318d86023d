#!/usr/bin/env node
// Old syntax only, so that an unsupported Node can parse this file and print the message.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`callboard needs Node 22.13 or newer: this is Node ${process.versions.node}; install a current Node`)
  process.exit(69)
}

// `callboard start` handles these signals. While it loads, they must neither end the process nor open the debugger.
const HELD_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']
const held = []
const hold = (signal) => held.push(signal)
for (const signal of HELD_SIGNALS) process.on(signal, hold)
const takeHeldSignals = () => {
  for (const signal of HELD_SIGNALS) process.off(signal, hold)
  return held.splice(0)
}

const { main } = await import('@callboard/server')
process.exitCode = await main(process.argv.slice(2), takeHeldSignals)

// A module that the configuration names may have left a timer or a connection, which would keep the process alive for ever.
const endIfWritten = () => {
  if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit()
}
setInterval(endIfWritten, 100).unref()

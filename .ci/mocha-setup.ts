// Mocha ignores unhandled rejections. A test that leaves one behind must fail.
process.on('unhandledRejection', (reason) => {
  throw reason
})

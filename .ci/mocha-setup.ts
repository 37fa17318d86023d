// mocha ignores unhandled rejections. A test that causes one must fail.
process.on('unhandledRejection', (reason) => {
  throw reason
})

/** Settles as the work does, or rejects as soon as `signal` aborts: the work may then go on all the same, and nobody hears of its end. */
export const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    const settled =
      <A>(settle: (value: A) => void) =>
      (value: A) => {
        signal.removeEventListener('abort', stop)
        settle(value)
      }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(settled(resolve), settled(reject))
  })

/** Settles as `work` does, or rejects as soon as `signal` aborts. Aborting does not stop the work; its outcome is then ignored. */
export const raceAbort = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    const settleWith =
      <A>(settle: (value: A) => void) =>
      (value: A) => {
        signal.removeEventListener('abort', abort)
        settle(value)
      }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(settleWith(resolve), settleWith(reject))
  })

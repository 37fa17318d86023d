import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const running = new Set<ChildProcess>()

/** Keeps a child in mind for as long as it runs. */
export const remembered = <Child extends ChildProcess>(child: Child): Child => {
  running.add(child)
  const forget = () => running.delete(child)
  child.once('exit', forget).once('error', forget)
  return child
}

/** Ends all children that still run, at once: what they wrote is thrown away with them. */
export const endChildren = async (): Promise<void> => {
  await Promise.all(
    [...running].map(async (child) => {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }),
  )
}

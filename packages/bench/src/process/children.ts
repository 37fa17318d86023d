import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const running = new Set<ChildProcess>()

/** Registers a child for `killChildren` until it exits. */
export const registerChild = <Child extends ChildProcess>(child: Child): Child => {
  running.add(child)
  const remove = () => running.delete(child)
  child.once('exit', remove).once('error', remove)
  return child
}

/** Kills all running children. Their files are deleted afterwards. */
export const killChildren = async (): Promise<void> => {
  await Promise.all(
    [...running].map(async (child) => {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }),
  )
}

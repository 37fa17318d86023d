import { dirname, join } from 'node:path'
import { run } from './run.ts'
import { project } from './stage.ts'

/** A Node that strangers may have. */
export interface StrangersNode {
  readonly version: string
  /** The directory of its binary. */
  readonly directory: string
}

/** Of the oldest line that the packages support. */
const OLDER = '22.23.3'

const seen = async (directory: string, version: string): Promise<StrangersNode> => {
  const said = (await run('node', ['--version'], { cwd: directory, node: directory })).trim()
  if (said !== `v${version}`) throw new Error(`Node ${version} was to be in ${directory}, and is ${said}`)
  return { version, directory }
}

/** The Node that this repository pins, and one of an older line, which npm brings as a package. */
export const nodesIn = async (directory: string): Promise<readonly StrangersNode[]> => {
  // The package links its binary in a script, and npm wants to be told that it may.
  await project(directory, { private: true, dependencies: { node: OLDER }, allowScripts: { node: true } }, [])
  return Promise.all([seen(join(directory, 'node_modules/node/bin'), OLDER), seen(dirname(process.execPath), process.versions.node)])
}

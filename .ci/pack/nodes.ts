import { dirname, join } from 'node:path'
import { run } from './run.ts'
import { project } from './stage.ts'

/** A supported Node. */
export interface StrangersNode {
  readonly version: string
  /** The directory of its binary. */
  readonly directory: string
}

/** The oldest supported version. */
const OLDER = '22.23.3'

const seen = async (directory: string, version: string): Promise<StrangersNode> => {
  const said = (await run('node', ['--version'], { cwd: directory, node: directory })).trim()
  if (said !== `v${version}`) throw new Error(`Node ${version} was to be in ${directory}, and is ${said}`)
  return { version, directory }
}

/** Returns the pinned Node and an older one, which npm installs as a package. */
export const nodesIn = async (directory: string): Promise<readonly StrangersNode[]> => {
  // The package links its binary in an install script, which npm runs only when allowed.
  await project(directory, { private: true, dependencies: { node: OLDER }, allowScripts: { node: true } }, [])
  return Promise.all([seen(join(directory, 'node_modules/node/bin'), OLDER), seen(dirname(process.execPath), process.versions.node)])
}

import { delimiter } from 'node:path'

// The variables that a package manager sets for its scripts must not reach npm, except those about the registry.
const TOLD = /^(npm_|pnpm_|PNPM_|INIT_CWD$|NODE$|NODE_PATH$|NODE_OPTIONS$)/
const REACHES = /^npm_config_(registry|ca|cafile|strict_ssl|proxy|https_proxy|noproxy|@.+:registry|\/\/.+)$/

// npm finds the settings of the machine by the Node that runs it. So the Node of this repository is removed from the PATH.
const ADDED = /(^|[/\\])(node_modules[/\\]\.bin|node-gyp-bin)[/\\]?$/

/** Returns the environment of a terminal on this machine. `node` is the directory of another Node to put first. */
export const plainEnv = (node?: string): NodeJS.ProcessEnv => {
  const { PATH = '', ...others } = process.env
  const own = Object.entries(others).filter(([name, value]) => !TOLD.test(name) || (REACHES.test(name) && value !== ''))
  const directories = PATH.split(delimiter).filter((directory) => !ADDED.test(directory))
  return { ...Object.fromEntries(own), PATH: [...(node === undefined ? [] : [node]), ...directories].join(delimiter) }
}

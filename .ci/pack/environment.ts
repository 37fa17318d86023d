import { delimiter } from 'node:path'

// What a package manager tells the scripts that it runs is not for the one that they run: only how the registry is reached is.
const TOLD = /^(npm_|pnpm_|PNPM_|INIT_CWD$|NODE$|NODE_PATH$|NODE_OPTIONS$)/
const REACHES = /^npm_config_(registry|ca|cafile|strict_ssl|proxy|https_proxy|noproxy|@.+:registry|\/\/.+)$/

// npm finds the machine's own settings, a certificate or a registry of the house, by the Node that runs it: the one that belongs to
// it, and not the one of this repository, which package managers put before it.
const ADDED = /(^|[/\\])(node_modules[/\\]\.bin|node-gyp-bin)[/\\]?$/

/** The environment of somebody who types a command in a terminal of this machine; with the directory of a Node in front, where one is meant. */
export const plainEnv = (node?: string): NodeJS.ProcessEnv => {
  const { PATH = '', ...others } = process.env
  const own = Object.entries(others).filter(([name, value]) => !TOLD.test(name) || (REACHES.test(name) && value !== ''))
  const directories = PATH.split(delimiter).filter((directory) => !ADDED.test(directory))
  return { ...Object.fromEntries(own), PATH: [...(node === undefined ? [] : [node]), ...directories].join(delimiter) }
}

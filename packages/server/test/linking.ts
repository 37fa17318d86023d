import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

// `npm install` without a network: what a package asks for comes from what is installed here. Run in the package's directory, or called.

const root = fileURLToPath(new URL('../../..', import.meta.url))
const places = [root, join(root, 'packages/server'), join(root, 'packages/plugin-group-destroyed')].map((place) =>
  join(place, 'node_modules'),
)

/** Links the dependencies that the package in this directory names, and their commands. */
export const link = (directory: string): void => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const modules = join(directory, 'node_modules')
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const found = places.map((place) => join(place, name)).find((path) => existsSync(path))
    if (found === undefined) throw new Error(`${name} is not installed here`)
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(found, join(modules, name))
  }
  symlinkSync(join(root, 'node_modules/.bin'), join(modules, '.bin'))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) link(process.cwd())

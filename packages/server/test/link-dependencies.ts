import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

// `npm install` without a network: links the dependencies of a package from this repository. Run it in the package's directory, or import it.

const root = fileURLToPath(new URL('../../..', import.meta.url))
const places = [root, join(root, 'packages/server'), join(root, 'packages/plugin-group-destroyed')].map((place) =>
  join(place, 'node_modules'),
)

/** Links the dependencies of the package in this directory, and their commands. */
export const linkDependencies = (directory: string): void => {
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) linkDependencies(process.cwd())

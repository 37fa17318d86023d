import { packageJson } from '../../util/package-json.ts'

/** The text of each file, by its path in the new directory. */
export type Files = Readonly<Record<string, string>>

/** A new package. */
export interface Package {
  /** The name of the package and of its directory. */
  readonly name: string
  readonly files: Files
  /** The line to add to callboard.yaml. */
  readonly configuration: string
  /** A warning to print. */
  readonly warning?: string
}

/** The development tools of a new package, in the versions that this repository uses. */
export const DEV_TOOLS = { '@types/node': '^22.20.5', mocha: '^12.0.3', typescript: '~7.0.2' }

const formatJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const { version, engines } = packageJson
const peers = { '@callboard/core': `^${version}` }

/** Returns the files that every new package has. */
export const packageFiles = (name: string, description: string): Files => ({
  'package.json': formatJson({
    name,
    version: '0.1.0',
    description,
    type: 'module',
    engines,
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist', 'src'],
    scripts: { build: 'tsc', prepare: 'tsc', test: 'tsc && mocha "test/*.test.ts"' },
    peerDependencies: peers,
    devDependencies: { ...peers, '@callboard/testing': `^${version}`, ...DEV_TOOLS },
  }),
  'tsconfig.json': formatJson({
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
      rewriteRelativeImportExtensions: true,
      declaration: true,
      rootDir: 'src',
      outDir: 'dist',
    },
    include: ['src'],
  }),
})

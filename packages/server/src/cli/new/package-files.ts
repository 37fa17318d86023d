import { packageJson } from '../../util/package-json.ts'

/** What is to be written: path in the new directory -> text. */
export type Files = Readonly<Record<string, string>>

/** A package that is to be written. */
export interface Package {
  /** Its name, and that of its directory. */
  readonly name: string
  readonly files: Files
  /** What goes into `callboard.yaml`. */
  readonly configuration: string
  /** What its author should know before. */
  readonly warning?: string
}

/** What the author needs besides Callboard; a test says when they are not those of this repository. */
export const tools = { '@types/node': '^22.20.5', mocha: '^12.0.3', typescript: '~7.0.2' }

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const { version, engines, dependencies } = packageJson
const peers = { '@callboard/core': `^${version}`, 'fp-ts': dependencies['fp-ts'], 'io-ts': dependencies['io-ts'] }

/** What every package has, whatever it is for. */
export const packageFiles = (name: string, description: string): Files => ({
  'package.json': json({
    name,
    version: '0.1.0',
    description,
    type: 'module',
    engines,
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist', 'src'],
    scripts: { build: 'tsc', prepare: 'tsc', test: 'tsc && mocha "test/*.test.ts"' },
    peerDependencies: peers,
    devDependencies: { ...peers, '@callboard/testing': `^${version}`, ...tools },
  }),
  'tsconfig.json': json({
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

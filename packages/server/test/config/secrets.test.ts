// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references in a configuration.
import { join } from 'node:path'
import { expect } from 'chai'
import { formatProblem } from '../../src/config/problems.ts'
import { readConfig } from '../../src/config/read.ts'
import { inProject } from './config-fixture.ts'

const CANARY = 'canary7d1f'
const SECRET = `whsec_${Buffer.from(`${CANARY}${'.'.repeat(20)}`).toString('base64')}`
/** The secret in each encoding in which it could be printed. */
const FORMS = [CANARY, SECRET.slice(6), Buffer.from(CANARY).toString('hex'), encodeURIComponent(SECRET)]

const app = `apps: [{ sdkAppId: 1, tokens: ["${CANARY}"] }]\n`
const webhook = (options: string) => `${app}sinks: { crm: { use: webhook, ${options} } }\n`
const decision = (options: string) => `${app}plugins: [./before.js]\ndecisions: { Group.CallbackBeforeX: { use: webhook, ${options} } }\n`
const tls = (options: string) => `${app}listen: { tls: { ${options} } }\n`

/** Mistakes in configurations that hold the secret as text, in URLs, in headers and in other files. */
const mistakes: readonly (readonly [name: string, text: string])[] = [
  ['a token where a list belongs', `apps: [{ sdkAppId: 1, tokens: "${CANARY}" }]\n`],
  ['a token in a mapping', `apps: [{ sdkAppId: 1, tokens: [{ a: "${CANARY}" }] }]\n`],
  ['a token under a misspelt key', `apps: [{ sdkAppId: 1, token: "${CANARY}" }]\n`],
  ['a token beside `verify: none`', `apps: [{ sdkAppId: 1, tokens: ["${CANARY}"], verify: none }]\n`],
  ['a token in place of an app id', 'apps: [{ sdkAppId: "${env:CANARY}", tokens: ["${env:CANARY}"] }]\n'],
  ['a token in place of a port', `${app}listen: { port: "\${env:CANARY}" }\n`],
  ['a token in place of an address range', `${app}listen: { allow: ["\${file:./secret.txt}"] }\n`],
  ['a token in place of `verify`', 'apps: [{ sdkAppId: 1, verify: "${env:CANARY}" }]\n'],
  ['a token of the admin listener that is no text', `${app}admin: { token: ["${CANARY}"] }\n`],
  ['a text without its end', `apps: [{ sdkAppId: 1, tokens: ["${CANARY}] }]\n`],
  ['a list without its end', `apps: [{ sdkAppId: 1, tokens: ["${CANARY}" }\n`],
  ['an unknown escape', `apps: [{ sdkAppId: 1, tokens: ["\\q${CANARY}"] }]\n`],
  ['an unknown tag', `apps: [{ sdkAppId: 1, tokens: [!!x "${CANARY}"] }]\n`],
  ['an unknown alias', `apps: [{ sdkAppId: 1, tokens: ["${CANARY}", *nothing] }]\n`],
  ['a broken reference', 'apps: [{ sdkAppId: 1, tokens: ["${env:CANARY}", "${env:CANARY"] }]\n'],

  ['a secret that is too short', webhook(`url: "https://x.example/?key=${CANARY}", secret: "${CANARY}"`)],
  ['a secret that is no text', webhook(`url: "https://x.example/?key=${CANARY}", secret: { a: "${CANARY}" }`)],
  ['no secret', webhook(`url: "https://user:${CANARY}@x.example/?key=${CANARY}"`)],
  ['a secret beside `unsigned`', webhook(`url: "https://x.example/", secret: "${SECRET}", unsigned: true`)],
  ['a URL of another scheme', webhook(`url: "ftp://user:${CANARY}@x.example/?key=${CANARY}", secret: "${SECRET}"`)],
  ['a URL without a host', webhook(`url: "https://?key=${CANARY}", secret: "${SECRET}"`)],
  ['a URL that is none', webhook(`url: "${CANARY}", secret: "${SECRET}"`)],
  ['a URL at a blocked address', webhook(`url: "http://user:${CANARY}@169.254.169.254/?key=${CANARY}", secret: "${SECRET}"`)],
  ['a header with an invalid name', webhook(`url: "https://x.example/", secret: "${SECRET}", headers: { "a b": "${CANARY}" }`)],
  ['a header with a line feed', webhook(`url: "https://x.example/", secret: "${SECRET}", headers: { a: "${CANARY}\\n" }`)],
  ['a header that is no text', webhook(`url: "https://x.example/", secret: "${SECRET}", headers: { a: ["${CANARY}"] }`)],
  ['an unknown option', webhook(`url: "https://x.example/", secret: "${SECRET}", headrs: { a: "${CANARY}" }`)],

  ['a decision with a secret that is too short', decision(`url: "https://x.example/?key=${CANARY}", secret: "${CANARY}"`)],
  ['a decision with a URL that is none', decision(`url: "${CANARY}", secret: "${SECRET}"`)],
  ['a decision at a blocked address', decision(`url: "http://user:${CANARY}@169.254.169.254/?key=${CANARY}", secret: "${SECRET}"`)],

  ['a certificate that is a text', tls('cert: ./secret.txt, key: ./secret.txt')],
  ['a key that is damaged', tls('cert: ./damaged.pem, key: ./damaged.pem')],
  ['a certificate that is a key', tls('cert: ./damaged.pem, key: ./secret.txt')],
  ['a journal that is a text', `${app}journal: { path: ./secret.txt }\n`],
  ['a file sink at a file of another program', `${app}sinks: { audit: { use: file, path: ./secret.txt } }\nroutes: { "*": [audit] }\n`],
  ['a plugin that is no module', `${app}plugins: [./secret.txt]\n`],
  ['a plugin with a syntax error', `${app}plugins: [./syntax.js]\n`],
  ['a plugin that refuses its sample', `${app}plugins: [./sample.js]\n`],
]

const importCore = "import { definePlugin, string, struct, verdicts } from '@callboard/core'\n"
const declare = (command: string, sample: string, more = '') =>
  `${importCore}export default definePlugin({ command: '${command}', title: 'X', body: struct({ GroupId: string }), sample: ${sample}, ${more} })\n`
const pem = (label: string) => `-----BEGIN ${label}-----\n${Buffer.from(CANARY.repeat(9)).toString('base64')}\n-----END ${label}-----\n`
const files = {
  'secret.txt': `${CANARY}\n`,
  'damaged.pem': pem('PRIVATE KEY'),
  'before.js': declare('Group.CallbackBeforeX', "{ GroupId: 'g' }", 'before: verdicts({ codes: [10100, 10200] })'),
  'syntax.js': `const token = '${CANARY}' x\n`,
  'sample.js': declare('Group.X', `{ GroupId: ['${CANARY}'] }`),
}

describe('a problem of a configuration', () => {
  for (const [name, text] of mistakes) {
    it(`does not show a secret: ${name} [F77]`, () =>
      inProject({ 'callboard.yaml': text, ...files }, async (directory) => {
        const found = []
        for (const purpose of ['check', 'start', 'reload'] as const) {
          const { problems, blocked } = await readConfig(join(directory, 'callboard.yaml'), { CANARY }, purpose)
          found.push(...[...problems, ...blocked].map(formatProblem))
        }
        expect(found).not.to.deep.equal([])
        for (const form of FORMS) expect(found.filter((line) => line.includes(form))).to.deep.equal([])
      }))
  }
})

import { expect } from 'chai'
import { configurationOf, FILE_SINK } from '../src/process/work-directory.ts'

describe('configurationOf', () => {
  it('routes every command to every sink', () => {
    const lines = configurationOf({ journal: 'sqlite', sinks: { one: FILE_SINK, two: '{ use: log }' } }).split('\n')
    expect(lines).to.include(`  one: ${FILE_SINK}`)
    expect(lines).to.include('  two: { use: log }')
    expect(lines).to.include('routes: { "*": ["one","two"] }')
  })

  it('loads only the plugin of the measured callback by default', () => {
    expect(configurationOf({ journal: 'memory', sinks: {} })).to.contain('plugins: ["@callboard/plugin-group-destroyed"]\n')
    expect(configurationOf({ journal: 'memory', sinks: {}, plugins: ['a', 'b'] })).to.contain('plugins: ["a","b"]\n')
  })
})

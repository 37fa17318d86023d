import { expect } from 'chai'
import { configurationOf, FILE_SINK } from '../src/configuration.ts'

describe('the configuration that is measured', () => {
  it('sends everything to every sink', () => {
    const lines = configurationOf({ journal: 'sqlite', sinks: { one: FILE_SINK, two: '{ use: log }' } }).split('\n')
    expect(lines).to.include(`  one: ${FILE_SINK}`)
    expect(lines).to.include('  two: { use: log }')
    expect(lines).to.include('routes: { "*": ["one","two"] }')
  })

  it('has the plugin of the measured callback alone where nothing else is said', () => {
    expect(configurationOf({ journal: 'memory', sinks: {} })).to.contain('plugins: ["@callboard/plugin-group-destroyed"]\n')
    expect(configurationOf({ journal: 'memory', sinks: {}, plugins: ['a', 'b'] })).to.contain('plugins: ["a","b"]\n')
  })
})

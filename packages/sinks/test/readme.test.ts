import { file, log, webhook } from '@callboard/sinks'
import { expect } from 'chai'

const { CRM_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}` } = process.env

// #region use
const sinks = {
  log: log(),
  audit: file({ path: './data/{command}.jsonl', concurrency: 64 }),
  crm: webhook({ url: 'https://crm.example.com/im', secret: CRM_SECRET, retry: '1s 10s 1m 10m' }),
}
// #endregion

describe('README of the sinks package', () => {
  it('contains only valid sink options', () => {
    expect(Object.values(sinks).flatMap(({ problems }) => problems)).to.deep.equal([])
  })
})

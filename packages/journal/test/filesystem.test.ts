import { expect } from 'chai'
import { refuseNetwork } from '../src/filesystem.ts'

describe('the file system of a journal', () => {
  const on: readonly (readonly [string, number, string | undefined])[] = [
    ['ext4', 0xef53, undefined],
    ['xfs', 0x58465342, undefined],
    ['btrfs', 0x9123683e, undefined],
    ['tmpfs', 0x01021994, undefined],
    ['overlay', 0x794c7630, undefined],
    ['NFS', 0x6969, 'NFS'],
    ['CIFS', 0xff534d42, 'CIFS'],
    ['CIFS, as a signed number', 0xff534d42 | 0, 'CIFS'],
    ['SMB 2', 0xfe534d42, 'SMB'],
    ['9P', 0x01021997, '9P'],
  ]
  for (const [name, type, refused] of on) {
    it(`${name} is ${refused === undefined ? 'taken' : 'refused, by its name and with what to do'}`, () => {
      const check = () => refuseNetwork('/data', () => type)
      if (refused === undefined) expect(check).not.to.throw()
      else
        expect(check).to.throw(
          `cannot open the journal /data: ENOTSUP, it is on ${refused}, where a journal is not safe: put it on a disk of this machine`,
        )
    })
  }

  it('that cannot be told is taken', () => {
    expect(() =>
      refuseNetwork('/data', () => {
        throw new Error('no statfs')
      }),
    ).not.to.throw()
  })
})

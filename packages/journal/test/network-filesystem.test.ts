import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { refuseNetworkFilesystem } from '../src/sqlite/network-filesystem.ts'
import { newPath, removeAll } from './temporary-path.ts'

const OWNER = fileURLToPath(new URL('./owner.ts', import.meta.url))

describe('refuseNetworkFilesystem', () => {
  after(removeAll)

  const filesystems: readonly (readonly [string, number, string | undefined])[] = [
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
    ['FUSE', 0x65735546, undefined],
    ['VMware', 0xbacbacbc | 0, 'a VMware shared folder'],
    ['zfs', 0x2fc12fc1, undefined],
    ['f2fs', 0xf2f52010 | 0, undefined],
  ]
  for (const [name, type, refused] of filesystems) {
    it(`${refused === undefined ? 'accepts' : 'refuses'} ${name}`, () => {
      const check = () => refuseNetworkFilesystem('/data', () => type)
      if (refused === undefined) expect(check).not.to.throw()
      else expect(check).to.throw(`cannot open the journal /data: ENOTSUP, ${refused} does not support a journal; put it on a local disk`)
    })
  }

  it('runs before the journal is created', async () => {
    const path = await newPath()
    // Every directory is on NFS.
    const fakeStatfs = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
      const { statfsSync } = fs; fs.statfsSync = (path) => ({ ...statfsSync(path), type: 0x6969 }); syncBuiltinESMExports()`
    const { stderr } = spawnSync(process.execPath, ['--conditions=@callboard/source', OWNER, path, 'hold'], {
      env: { ...process.env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fakeStatfs)}` },
      encoding: 'utf8',
      timeout: 15_000,
      killSignal: 'SIGKILL',
    })
    expect(stderr).to.contain(`cannot open the journal ${dirname(path)}: ENOTSUP, NFS does not support a journal`)
    expect(readdirSync(dirname(path))).to.deep.equal([])
  })

  it('accepts a directory whose file system is unknown', () => {
    expect(() =>
      refuseNetworkFilesystem('/data', () => {
        throw new Error('no statfs')
      }),
    ).not.to.throw()
  })
})

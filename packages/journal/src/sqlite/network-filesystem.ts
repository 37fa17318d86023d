import { statfsSync } from 'node:fs'
import { JournalOpenError } from '../errors.ts'

// Magic numbers of statfs(2). Their locks and shared memory are not those of one machine, so SQLite in WAL mode does not hold there.
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9P'],
  [0x564c, 'NCP'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x0bd00bd0, 'Lustre'],
  [0x19830326, 'BeeGFS'],
  [0x47504653, 'GPFS'],
  [0x786f4256, 'a shared folder of VirtualBox'],
  [0xbacbacbc, 'a shared folder of VMware'],
])

/**
 * Refuses a directory on a network file system. `typeOf` gives the number of the file system; where it cannot be told, nothing is
 * refused. Neither is FUSE: behind it may be a disk of this machine just as well.
 */
export const refuseNetwork = (directory: string, typeOf = (path: string): number => statfsSync(path).type): void => {
  let name: string | undefined
  try {
    name = NETWORK.get(typeOf(directory) >>> 0)
  } catch {
    return
  }
  if (name !== undefined)
    throw new JournalOpenError(directory, 'ENOTSUP', `it is on ${name}, where a journal is not safe: put it on a disk of this machine`)
}

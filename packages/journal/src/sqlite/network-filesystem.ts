import { statfsSync } from 'node:fs'
import { JournalOpenError } from '../errors.ts'

// Magic numbers of statfs(2). SQLite in WAL mode needs locks and shared memory, which these file systems do not provide reliably.
const NETWORK_FILESYSTEMS: ReadonlyMap<number, string> = new Map([
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
  [0x786f4256, 'a VirtualBox shared folder'],
  [0xbacbacbc, 'a VMware shared folder'],
])

/**
 * Throws JournalOpenError for a directory on a network file system. `typeOf` returns the magic number of its file system. A
 * directory whose file system is unknown passes. FUSE passes too, since it may store on a local disk.
 */
export const refuseNetworkFilesystem = (directory: string, typeOf = (path: string): number => statfsSync(path).type): void => {
  let name: string | undefined
  try {
    name = NETWORK_FILESYSTEMS.get(typeOf(directory) >>> 0)
  } catch {
    return
  }
  if (name !== undefined) throw new JournalOpenError(directory, 'ENOTSUP', `${name} does not support a journal; put it on a local disk`)
}

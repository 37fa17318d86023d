import type { Load } from '../load/load.ts'

/** A load, with its share of the time. */
export interface NamedLoad {
  readonly name: string
  readonly load: Load
  /** Whether every peer is measured, also those that do less. */
  readonly all?: boolean
}

const OPEN_CONNECTIONS = 256
const closed = (connections: number, members = 3): Load => ({ loop: 'closed', connections, seconds: 2, members })
const open = (perSecond: number): Load => ({ loop: 'open', connections: OPEN_CONNECTIONS, perSecond, seconds: 3, members: 3 })

/** The loads over HTTP, in the order of the report. */
export const LOADS = {
  closed64: { name: '64 connections, closed loop', load: closed(64), all: true },
  closed1: { name: '1 connection, closed loop', load: closed(1) },
  closed16: { name: '16 connections, closed loop', load: closed(16) },
  closed256: { name: '256 connections, closed loop', load: closed(256) },
  open500: { name: '500 callbacks/s, open loop', load: open(500) },
  open2000: { name: '2 000 callbacks/s, open loop', load: open(2_000) },
  large: { name: '64 connections, closed loop, 2 000 members in the body', load: closed(64, 2_000) },
} as const satisfies Readonly<Record<string, NamedLoad>>

export type LoadName = keyof typeof LOADS

/** The version of the tables below. SQLite keeps it in `user_version`. */
export const SCHEMA_VERSION = 5

/** This number of events with consecutive `seq` is one block (block-summary.ts). */
export const BLOCK_SIZE = 512

/** Marks the file as a journal: "CBRD". SQLite keeps it in `application_id`. */
export const APPLICATION_ID = 0x43425244

// The values of delivery.claim_state. They have a meaning only while the delivery is pending.
/** Waits for an earlier delivery of its lane. */
export const BLOCKED = 0 as const
/** First in its lane, or without a lane. */
export const READY = 1 as const
/** Claimed without regard to its lane, in which an earlier delivery is pending. `due` is the end of the lease. */
export const LEASED_BLOCKED = 2 as const
/** Claimed, and first in its lane or without a lane. `due` is the end of the lease. */
export const LEASED = 3 as const

export type ClaimState = typeof BLOCKED | typeof READY | typeof LEASED_BLOCKED | typeof LEASED

// SQL for the next claim state of a delivery in an UPDATE.
/** After a claim. A delivery whose lease is over is already in a leased state. */
export const LEASED_STATE_SQL = `CASE WHEN claim_state IN (${READY}, ${LEASED}) THEN ${LEASED} ELSE ${LEASED_BLOCKED} END`
/** After the end of a lease. */
export const RELEASED_STATE_SQL = `CASE claim_state WHEN ${LEASED} THEN ${READY} ELSE ${BLOCKED} END`
/** Once no earlier delivery of the lane is pending. */
export const UNBLOCKED_STATE_SQL = `CASE WHEN claim_state IN (${LEASED_BLOCKED}, ${LEASED}) THEN ${LEASED} ELSE ${READY} END`

// Columns of type ANY hold text, or a blob where the string has a lone surrogate (sql-text.ts); numbers as the caller passed them.
/** The tables and indexes of a new journal. */
export const SCHEMA = `
CREATE TABLE event (
  seq INTEGER PRIMARY KEY, -- the position in commit order, never used twice, also not as a place in a lane
  id ANY NOT NULL UNIQUE,
  app INTEGER NOT NULL,
  command ANY NOT NULL,
  key ANY,
  status TEXT NOT NULL,
  received_at ANY NOT NULL,
  event_time ANY,
  meta TEXT NOT NULL, -- JSON: query, rebuilt, decision, reasons
  route INTEGER NOT NULL, -- the sinks that it was routed to
  duplicates INTEGER NOT NULL DEFAULT 0,
  recorded_at INTEGER NOT NULL, -- by the journal's clock
  raw BLOB NOT NULL
) STRICT;
CREATE INDEX event_not_accepted ON event (status) WHERE status <> 'accepted';

CREATE TABLE route (
  id INTEGER PRIMARY KEY,
  sinks TEXT NOT NULL UNIQUE -- JSON: the ids of the sinks, in order
) STRICT;

-- A delivery without a row in the table delivery is pending or delivered; its sink says which.
CREATE TABLE sink (
  id INTEGER PRIMARY KEY,
  name ANY NOT NULL UNIQUE,
  read_to INTEGER NOT NULL, -- deliveries of later events are pending
  pending BLOB NOT NULL, -- the deliveries of events up to read_to that are pending (sink-state.ts)
  total INTEGER NOT NULL, -- number of deliveries
  delivered INTEGER NOT NULL,
  dead INTEGER NOT NULL,
  discarded INTEGER NOT NULL,
  checksum INTEGER NOT NULL -- of the columns before
) STRICT;

-- The deliveries that are exceptions: failed, replayed, discarded, made later than their event, or waiting behind another of their lane.
CREATE TABLE delivery (
  event INTEGER NOT NULL,
  sink INTEGER NOT NULL,
  sink_index INTEGER, -- the order of the deliveries that were made later than their event
  lane ANY, -- app and key; null: the delivery has no lane
  place INTEGER NOT NULL, -- the order in the lane: the position of the event, or a number of its own after a replay
  claim_state INTEGER NOT NULL, -- ${BLOCKED} blocked, ${READY} ready, ${LEASED_BLOCKED} leased and blocked, ${LEASED} leased
  state TEXT NOT NULL,
  due INTEGER NOT NULL, -- while pending: may be claimed from this time on
  attempts INTEGER NOT NULL,
  replay INTEGER NOT NULL,
  token TEXT, -- while leased
  error ANY,
  ended_at INTEGER,
  discarded_by ANY, -- the operator who discarded it, at ended_at
  PRIMARY KEY (event, sink)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_pending ON delivery (sink, claim_state, due, place) WHERE state = 'pending';
CREATE INDEX delivery_lane ON delivery (sink, lane, place) WHERE state = 'pending' AND lane IS NOT NULL;
CREATE INDEX delivery_state ON delivery (sink, state, event);

CREATE TABLE block (
  n INTEGER PRIMARY KEY, -- the events with this seq / ${BLOCK_SIZE}
  ended_at INTEGER, -- when the last delivery without a row ended
  -- null until the block is full:
  received_from ANY, -- the earliest received_at
  received_to ANY, -- the latest received_at
  names BLOB -- a Bloom filter of keys, commands and apps
) STRICT;

CREATE TABLE dedupe (
  hash BLOB PRIMARY KEY, -- of app, command and dedupe key
  event INTEGER NOT NULL, -- the first copy; it may have been pruned
  since INTEGER NOT NULL -- when the first copy was recorded
) STRICT, WITHOUT ROWID;

CREATE TABLE sink_pause (
  sink ANY PRIMARY KEY NOT NULL, -- gets no deliveries until it is resumed
  since INTEGER NOT NULL,
  reason ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE filler (
  raw BLOB NOT NULL -- turns free space of the disk into free pages of the file (disk-full.ts)
) STRICT;

CREATE TABLE counter (
  name TEXT PRIMARY KEY, -- events, bytes, seq, clock
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`

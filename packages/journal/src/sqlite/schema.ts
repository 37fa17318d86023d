/** The version of the tables below, kept in `user_version`. */
export const VERSION = 2

/** So many events that follow each other are a block (blocks.ts). */
export const BLOCK = 512

/** Marks the file as ours, kept in `application_id`: "CBRD". */
export const APPLICATION = 0x43425244

// Columns of type ANY hold text, or a blob where the string has no UTF-8 (text.ts); numbers as the caller gave them.
/** The tables and indexes of a new journal. */
export const SCHEMA = `
CREATE TABLE event (
  position INTEGER PRIMARY KEY, -- the place in commit order, never used twice
  id ANY NOT NULL UNIQUE,
  app INTEGER NOT NULL,
  command ANY NOT NULL,
  key ANY,
  status TEXT NOT NULL,
  received_at ANY NOT NULL,
  event_time ANY,
  meta TEXT NOT NULL, -- JSON: query, rebuilt, decision, reasons
  duplicates INTEGER NOT NULL DEFAULT 0,
  recorded_at INTEGER NOT NULL, -- by the journal's clock
  pending INTEGER NOT NULL, -- deliveries in this state
  dead INTEGER NOT NULL, -- deliveries in this state
  rest_at INTEGER NOT NULL -- once nothing is pending: the moment from which its age counts
) STRICT;
CREATE INDEX event_command ON event (command);
CREATE INDEX event_key ON event (position / ${BLOCK}, key) WHERE key IS NOT NULL;
CREATE INDEX event_odd ON event (status) WHERE status <> 'accepted';
CREATE INDEX event_received ON event (received_at);
CREATE INDEX event_resting ON event (dead > 0 OR status = 'quarantined', rest_at) WHERE pending = 0;

CREATE TABLE body (
  event INTEGER PRIMARY KEY,
  raw BLOB NOT NULL
) STRICT;

CREATE TABLE delivery (
  event INTEGER NOT NULL,
  sink ANY NOT NULL,
  rank INTEGER NOT NULL, -- the order in which the event named its sinks
  lane ANY, -- app and key in one; null: no order
  place INTEGER NOT NULL, -- the order in the lane
  head INTEGER NOT NULL, -- while pending: 1 where nothing pending of the lane stands before it, and 2 more while it is handed out
  state TEXT NOT NULL,
  due INTEGER NOT NULL, -- while pending: may be handed out from this moment on
  attempts INTEGER NOT NULL,
  replay INTEGER NOT NULL,
  token TEXT, -- while it is handed out
  error ANY,
  ended_at INTEGER,
  PRIMARY KEY (event, sink)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_open ON delivery (sink, head, due, place) WHERE state = 'pending';
CREATE INDEX delivery_lane ON delivery (sink, lane, place) WHERE state = 'pending' AND lane IS NOT NULL;
CREATE INDEX delivery_state ON delivery (sink, state, event);

CREATE TABLE identity (
  what BLOB PRIMARY KEY, -- stands for app, command and identity
  event INTEGER NOT NULL, -- the first copy; it may be gone
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE total (
  name TEXT NOT NULL, -- events, bytes, position, place, clock; or a state
  sink ANY NOT NULL, -- whose deliveries in that state are counted; otherwise ''
  value INTEGER NOT NULL,
  PRIMARY KEY (name, sink)
) STRICT, WITHOUT ROWID;
`

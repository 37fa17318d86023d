// The faults that Callboard must survive. `pnpm gen` writes reliability.md from this file and from the ids in the titles of tests.

/** A fault, and what Callboard promises about it. The id stands in brackets at the end of the title of each test that shows it. */
export interface Fault {
  readonly id: string
  readonly fault: string
  /** The behaviour of Callboard. Undefined if nothing is promised yet. */
  readonly promise?: string
  /** The change of the code with which a test was seen to fail. */
  readonly mutant?: string
  /** A part that is not promised, or not yet, with the reason. */
  readonly except?: string
}

/** The faults by area, in the order of the page. */
export const faults: Readonly<Record<string, readonly Fault[]>> = {
  'Journal and process': [
    {
      id: 'F01',
      fault: 'The process is killed with SIGKILL under load.',
      promise:
        'After a restart each event that was answered OK is stored, and is delivered in the order of its key. An event is repeated only under its id.',
      mutant: 'An append resolves before its commit.',
    },
    {
      id: 'F02',
      fault: 'The process is killed after the commit and before the answer.',
      promise: 'The repeat is answered OK as a duplicate. The event is stored and delivered once.',
      mutant: 'An answer leaves before its append has ended.',
    },
    {
      id: 'F03',
      fault: 'The process is killed after a sink took an event and before the journal stored it.',
      promise: 'The event is delivered again with the same id. It is never lost.',
      mutant: 'The `webhook-id` differs between attempts.',
    },
    {
      id: 'F04',
      fault: 'The process is killed inside a batch of appends.',
      promise: 'No callback of the batch was answered OK. The journal has all events of a batch or none.',
      mutant: 'A batch that fails is committed.',
    },
    {
      id: 'F05',
      fault: 'The power fails after the answer.',
      promise: 'An OK leaves only after the sync of the commit has succeeded, so the event is on disk.',
      mutant: 'Commits are not synced. The failpoint `append:sync=skip` does this in a test.',
    },
    {
      id: 'F06',
      fault: 'The end of the write-ahead log is missing or damaged.',
      promise: 'The journal opens with every batch before the damage and no part of a later one.',
      mutant: 'The journal removes the write-ahead log when it opens.',
    },
    {
      id: 'F07',
      fault: 'A bit of the journal file is flipped.',
      promise: '`journal verify` finds it. A file that SQLite cannot open ends `start` with exit code 74 and advice.',
      mutant: 'The integrity check reports no page.',
      except: 'Not promised: a command that repairs a damaged journal. Restore a backup.',
    },
    {
      id: 'F08',
      fault: 'The disk of the journal is full.',
      promise:
        'Callbacks get 503 and never a false OK. `/ready` names the reason. Deliveries go on. With free space the server is ready again without a restart.',
      mutant: 'A full disk counts as a damaged journal.',
    },
    {
      id: 'F09',
      fault: 'A sync fails with EIO.',
      promise: 'The batch is not answered OK. The process exits 74. The next start has every event that was answered OK.',
      mutant: 'A failed sync counts as an error that may pass.',
    },
    {
      id: 'F10',
      fault: 'The directory of the journal is missing, read-only or owned by somebody else.',
      promise:
        'A missing directory is created. Otherwise `check` and `start` name the path and the error of the system. `start` exits 73 or 77, and `check` exits 78.',
      mutant: 'The error of the system is passed on without its path.',
    },
    {
      id: 'F11',
      fault: 'Two servers use one journal.',
      promise: 'The second one exits 75 and names the process id of the first. Reading commands work beside a running server.',
      mutant: 'The lock is released after the process id is written.',
    },
    {
      id: 'F12',
      fault: 'The journal has the format of another version.',
      promise: 'The start is refused. The message names both versions and says what to do. The file is not changed.',
      mutant: 'A newer journal is opened.',
    },
    {
      id: 'F13',
      fault: 'A query holds its read transaction for long, under load.',
      promise: 'Readers lock nothing between calls. Appends go on during a long read, and the write-ahead log shrinks when it ends.',
      mutant: 'The write-ahead log is not truncated when the read ends.',
      except: 'A time limit for queries waits for the console.',
    },
    {
      id: 'F14',
      fault: 'Millions of deliveries are pending.',
      promise: 'The server is ready within 10 s, and answers and listings stay fast. The test has 100 000 deliveries.',
      mutant: 'The index of pending deliveries does not begin with the sink.',
    },
    {
      id: 'F15',
      fault: 'Many large bodies meet little memory.',
      promise: 'Bodies beyond `limits.queue` get 503 at once. The process does not end, and accepts callbacks again.',
      mutant: 'Reading a body reserves nothing.',
    },
    {
      id: 'F16',
      fault: 'SIGTERM comes under load, with clients that keep their connections.',
      promise: 'Each accepted request is answered. The process exits 0 within its grace of 10 s. A second signal ends it at once.',
      mutant: 'The second signal does nothing.',
    },
    {
      id: 'F17',
      fault: 'Code throws an exception or leaves a rejection that nobody catches.',
      promise: 'The process logs it once and exits 70, so that a supervisor starts it again. Nothing that was answered OK is lost.',
      mutant: 'An uncaught error ends the process with exit code 0.',
    },
    {
      id: 'F18',
      fault: 'A plugin throws, hangs, blocks the event loop or ends the process.',
      promise:
        'The answer to an after-callback does not wait for plugins. The delivery is retried and then dead with its reason. The watchdog names code that blocks. An event that ends the process again and again is dead.',
      mutant: 'An attempt has no timeout.',
    },
    {
      id: 'F19',
      fault: 'The process is stopped by SIGSTOP, and goes on.',
      promise: 'Each event is delivered once and in order. No retry comes in a burst.',
      mutant: 'A lease lasts for 300 ms.',
    },
  ],
  Sinks: [
    {
      id: 'F20',
      fault: 'A sink is down for an hour.',
      promise: 'It gets only probes. Afterwards it gets every event in the order of its key. No other sink waits.',
      mutant: 'An open circuit breaker has no cooldown.',
    },
    {
      id: 'F21',
      fault: 'A sink is slow.',
      promise: 'It has at most `concurrency` attempts at a time. Neither the answers nor other sinks wait.',
      mutant: 'The free slots of a sink do not count the attempts in flight.',
    },
    {
      id: 'F22',
      fault: 'A receiver sends its response drop by drop.',
      promise: 'An attempt ends at `timeout` if the head of the response is slow. A slow body only costs the connection, after one second.',
      mutant: 'A response body that does not end keeps its connection.',
    },
    {
      id: 'F23',
      fault: 'A receiver answers 500, 502, 503 or 504.',
      promise: 'The delivery is retried after the pauses of its schedule.',
      mutant: 'Each retry uses the first pause of the schedule.',
    },
    {
      id: 'F24',
      fault: 'A receiver answers 429 with a Retry-After that is valid, huge or nonsense.',
      promise: 'A valid one is followed, for at most one hour, and pauses the sink. Any other is ignored.',
      mutant: 'A Retry-After is not limited to one hour.',
    },
    {
      id: 'F25',
      fault: 'A receiver answers with a status from 400 to 499.',
      promise: '400, 413, 415 and 422: dead at once. 410: dead, and the sink is paused until it is resumed. Any other: retried.',
      mutant: 'A 410 does not pause the sink.',
    },
    {
      id: 'F26',
      fault: 'A receiver redirects.',
      promise: 'No redirect is followed. The error names the target without its query.',
      mutant: 'A status from 300 to 399 counts as delivered.',
    },
    {
      id: 'F27',
      fault: 'A response is huge, endless or a compression bomb.',
      promise: 'The head decides. At most 16 KiB of the body are read, and nothing is decompressed.',
      mutant: 'A delivery waits for the body of its response.',
    },
    {
      id: 'F28',
      fault: 'A receiver answers with broken HTTP.',
      promise: 'The attempt fails with a short reason, and is retried. Interim responses are skipped.',
      mutant: 'A `100 Continue` that nothing asked for reaches undici.',
    },
    {
      id: 'F29',
      fault: 'The TLS certificate of a receiver is expired, self-signed or of another name, or the handshake hangs.',
      promise: 'Nothing is sent. The attempt fails with a reason. An own authority can be configured.',
      mutant: 'Certificates are not verified.',
    },
    {
      id: 'F30',
      fault: 'The name of a receiver cannot be resolved.',
      promise: 'The attempt fails with a DNS error, and is retried.',
      mutant: 'The code EAI_AGAIN has no message of its own.',
    },
    {
      id: 'F31',
      fault: 'A receiver takes an event, and its response is lost.',
      promise: 'The event is delivered again with the same `webhook-id`.',
      mutant: 'The `webhook-id` contains the number of the attempt.',
    },
    {
      id: 'F32',
      fault: 'A receiver refuses one event for ever.',
      promise:
        'Only the events of its key wait, and are listed as blocked. After the last retry the event is dead, and the next one of the key is delivered.',
      mutant: 'A delivery is retried after the end of its schedule.',
      except: 'Not promised: an option (`on_dead`) that keeps a key blocked behind its dead event.',
    },
    {
      id: 'F33',
      fault: 'A sink with a large backlog works again.',
      promise: 'It gets one delivery first, then twice as many with each success, up to its `concurrency`.',
      mutant: 'All slots are free after the first success.',
    },
    {
      id: 'F34',
      fault: 'An operator replays very many dead deliveries.',
      promise:
        'The ids stay. The replay keeps its rate, can be interrupted and continued, is logged with its author, and repeats nothing when it is asked for twice.',
      mutant: 'A replay does not wait between its batches.',
    },
    {
      id: 'F35',
      fault: 'A sink with a backlog leaves the configuration.',
      promise: 'Its deliveries are held and shown. Only `dead discard --sink NAME` removes them.',
      mutant: 'A discard takes pending deliveries without being asked to.',
    },
    {
      id: 'F36',
      fault: 'The disk of a file sink is full, its file is renamed while it writes, or the process is killed inside a line.',
      promise: 'The file has only whole lines after a restart. A renamed file is replaced by a new one. What was not written is retried.',
      mutant: 'An incomplete last line stays in the file.',
    },
    {
      id: 'F37',
      fault: 'A command in the path of a file sink is built to leave its directory.',
      promise: 'It becomes one safe name. Nothing is created outside of the directory, and symbolic links are not followed.',
      mutant: 'A command is used in the path as it is.',
    },
    {
      id: 'F38',
      fault: 'A value that becomes a header holds line ends, control characters or Chinese.',
      promise: 'It is percent-encoded or refused. One request is sent.',
      mutant: 'The attributes of a CloudEvent are not percent-encoded.',
    },
    {
      id: 'F39',
      fault: 'The secret of a webhook is rotated.',
      promise: 'Each request has the signatures of both secrets, and verifies with either one.',
      mutant: 'A request is signed with the first secret only.',
    },
  ],
  'Receiving callbacks': [
    {
      id: 'F40',
      fault: 'A callback comes twice, also at the same moment or after a crash.',
      promise:
        'Within 10 minutes it is stored and delivered once, and is answered OK each time. Different bodies are different events, also under one `Sign`.',
      mutant: 'A key for duplicates is made of `GroupId` instead of the bytes.',
    },
    {
      id: 'F41',
      fault: 'The body is no JSON object, or is not UTF-8.',
      promise: 'It gets 400 with the reason in the shape that the vendor expects. A byte order mark is accepted.',
      mutant: 'Bytes are not checked to be UTF-8.',
    },
    {
      id: 'F42',
      fault: 'The `Content-Type` is wrong or missing.',
      promise: 'The body is read as JSON all the same.',
      mutant: 'A `Content-Type` other than JSON is refused.',
    },
    {
      id: 'F43',
      fault: 'The body has 10 MB, or another length than it says.',
      promise: 'A body that is too large gets 413, before it is read where its length is known. Nothing is cut and stored.',
      mutant: 'The `Content-Length` is not compared with the limit.',
    },
    {
      id: 'F44',
      fault: 'The body is compressed, perhaps a bomb.',
      promise: 'It gets 415 and is not decompressed.',
      mutant: 'The `Content-Encoding` is ignored.',
    },
    {
      id: 'F45',
      fault: 'The JSON is very deep.',
      promise: 'It gets 400 `too_deep` within 50 ms.',
      mutant: 'The check before `JSON.parse` is ignored.',
    },
    {
      id: 'F46',
      fault: 'The JSON has keys such as `__proto__`, perhaps escaped.',
      promise: 'It gets 400 `forbidden_key`. No prototype changes.',
      mutant: 'No key is forbidden.',
    },
    {
      id: 'F47',
      fault: 'The command of the body is not that of the query, or a parameter of the query is given twice.',
      promise: 'It gets 400 or 403, and nothing is stored.',
      mutant: 'The command of the body is not compared with that of the query.',
    },
    {
      id: 'F48',
      fault: 'The JSON has values that JavaScript would change, such as integers beyond 2^53.',
      promise: 'A receiver gets the bytes as they came. Hooks and listings get large integers as digits.',
      mutant: 'Integers beyond 2^53 are parsed as numbers.',
    },
    {
      id: 'F49',
      fault: 'The command is unknown.',
      promise: 'It is answered OK, stored as `unknown` and routed by `"*"`. Metrics count it as `other`.',
      mutant: 'A command without a plugin is an error.',
    },
    {
      id: 'F50',
      fault: 'A body is not as documented.',
      promise:
        'Other forms of `EventTime`, missing optional fields and unknown fields are accepted and kept. A body that its codec refuses is answered OK and quarantined with reasons.',
      mutant: 'Digits are not accepted as a number.',
    },
    {
      id: 'F51',
      fault: 'Many clients send or read very slowly.',
      promise: 'They get 408 and are closed within 11 s. Other clients do not wait.',
      mutant: 'The time limits of requests are 100 times as long.',
    },
    {
      id: 'F52',
      fault: 'There are more connections than allowed, or than file descriptors.',
      promise: 'Those beyond the limit are closed. The process does not end, and takes new ones afterwards.',
      mutant: 'The limit of connections ignores the limit of open files.',
    },
    {
      id: 'F53',
      fault: 'The framing of a request is ambiguous (request smuggling).',
      promise: 'It gets 400, and the connection is closed.',
      mutant: 'The HTTP parser is lenient.',
    },
    {
      id: 'F54',
      fault: 'A client reuses a connection that has been idle.',
      promise: 'Idle connections stay open for more than 75 s, so no request is reset.',
      mutant: 'Idle connections are closed after 5 s.',
    },
    {
      id: 'F55',
      fault: 'More callbacks arrive than the journal can store.',
      promise: 'Those beyond the limit get 503 at once, before-callbacks their fallback. Accepted ones are answered in time.',
      mutant: 'The queue always has room.',
    },
    {
      id: 'F56',
      fault: 'The method or the path is wrong.',
      promise: 'It gets 405 with `Allow`, or 404 without a word about the right path.',
      mutant: 'The callback URL takes every method.',
    },
    {
      id: 'F57',
      fault: 'A sender invents commands, apps or addresses.',
      promise: 'The number of metric series does not grow.',
      mutant: 'Metrics show the apps that senders name.',
    },
  ],
  'Authenticity and time': [
    {
      id: 'F60',
      fault: '`SdkAppid` is missing, wrong, given twice or written in another way.',
      promise: 'It gets 403 without a hint of the right one. Nothing is stored.',
      mutant: '`SdkAppid` is compared as a number.',
    },
    {
      id: 'F61',
      fault: '`Sign` is wrong, missing or malformed.',
      promise: 'It gets 403. Digests of one length are compared in constant time. Upper-case digits are accepted.',
      mutant: '`Sign` is not compared.',
    },
    {
      id: 'F62',
      fault: '`RequestTime` is old, in the future or no number of seconds.',
      promise: 'Up to 60 s in both directions are accepted. All others get 403.',
      mutant: 'The window is 61 s.',
    },
    {
      id: 'F63',
      fault: 'A signed URL is used again.',
      promise:
        'The same body is a duplicate. Another body is accepted, because `Sign` does not cover it, unless the list of addresses refuses the caller. After 60 s it gets 403.',
      mutant: 'Old requests are accepted.',
    },
    {
      id: 'F64',
      fault: 'A token is rotated.',
      promise: 'Both tokens hold until the old one leaves the file and SIGHUP comes. Then it gets 403, without a restart.',
      mutant: 'A reload does not replace the tokens.',
    },
    {
      id: 'F65',
      fault: 'The clock of the server is wrong.',
      promise: 'Requests get 403. The log, a metric and the health check say by how many seconds the clock differs from genuine requests.',
      mutant: 'The measured difference is ignored.',
    },
    {
      id: 'F66',
      fault: 'The wall clock jumps.',
      promise: 'Retries come neither in a burst nor late, and no event loses its place.',
      mutant: 'The journal uses the wall clock.',
    },
    {
      id: 'F67',
      fault: 'A client forges `X-Forwarded-For`.',
      promise: 'The header counts only from the proxies of the configuration. Otherwise the address of the socket counts.',
      mutant: 'The header counts from every address.',
    },
    {
      id: 'F68',
      fault: 'The configuration has no token.',
      promise: 'That is an error. Only `verify: none` turns the check off, and it is warned of.',
      mutant: 'Nothing warns of `verify: none`.',
    },
  ],
  'Targets, administration and logs': [
    {
      id: 'F70',
      fault: 'The URL of a webhook leads to a private or metadata address, in any spelling, by name or by redirect.',
      promise: 'No connection is made. Private ranges can be allowed, metadata addresses never.',
      mutant: 'The addresses behind a host name are not checked.',
    },
    {
      id: 'F71',
      fault: 'The environment names a proxy.',
      promise: 'It is not used.',
      mutant: 'The client of the webhook reads the environment.',
    },
    {
      id: 'F72',
      fault: 'A value that is logged holds line ends, control characters or a megabyte.',
      promise: 'Each line of the log is one JSON object of bounded length. Terminals get no control characters.',
      mutant: '`tail` prints a line as it is.',
    },
    {
      id: 'F73',
      fault: 'A payload holds HTML or scripts.',
      except: 'Waits for the console.',
    },
    {
      id: 'F74',
      fault: 'Somebody without the token reaches the admin listener.',
      promise: 'Every route but the health checks gets 401. Off loopback the configuration must have a token.',
      mutant: 'The beginning of the token is enough.',
    },
    {
      id: 'F75',
      fault: 'A web page, a foreign Host or a guesser of tokens attacks the admin listener.',
      promise: 'Foreign pages and Hosts get 403. Guesses get 401 and lock nobody out.',
      mutant: 'Pages of other sites are not refused.',
      except: 'A limit of logins, sessions and cookies wait for the console.',
    },
    {
      id: 'F76',
      fault: 'Live viewers stop reading.',
      except: 'Waits for the console.',
    },
    {
      id: 'F77',
      fault: 'An error, a log line, a listing or the printed configuration could show a secret.',
      promise: 'None does, whatever fails.',
      mutant: 'The options of sinks are printed as they are.',
    },
    {
      id: 'F78',
      fault: 'A viewer tries what only an administrator may do.',
      except: 'Waits for the console.',
    },
    {
      id: 'F79',
      fault: 'An export holds cells that a spreadsheet would execute.',
      except: 'Waits for the console. `events export` writes JSON Lines, not CSV.',
    },
  ],
  'Many machines': [
    ['F80', 'The database restarts or is killed.'],
    ['F81', 'The database fails over to its synchronous standby.'],
    ['F82', 'A server sleeps longer than its leases.'],
    ['F83', 'The network between a server and the database breaks.'],
    ['F84', 'The database is slow.'],
    ['F85', 'The reply to a commit is lost.'],
    ['F86', 'Several servers deliver the events of one key.'],
    ['F87', 'A server dies with leases.'],
    ['F88', 'The database has no connection, space or permission left, or another schema.'],
    ['F89', 'The database is configured to forget commits.'],
    ['F90', 'Servers of two versions run side by side.'],
    ['F91', 'Retention removes events while others read.'],
  ].map(([id = '', fault = '']) => ({ id, fault, except: 'Waits for the journal in PostgreSQL.' })),
  Configuration: [
    {
      id: 'F95',
      fault: 'The configuration has mistakes.',
      promise: 'All mistakes are printed at once with file, line, column and advice. The exit code is 78.',
      mutant: 'Only the first mistake is kept.',
    },
    {
      id: 'F96',
      fault: 'The configuration has mistakes at a reload.',
      promise: 'The old one stays, each mistake is logged, and a metric shows it.',
      mutant: 'A failed reload does not set the metric.',
    },
    {
      id: 'F97',
      fault: 'The value of an environment variable looks like YAML, or is very long.',
      promise: 'It stays a text.',
      mutant: 'The value of a variable is searched for references.',
    },
    {
      id: 'F98',
      fault: 'The file is built to exhaust the parser.',
      promise: 'It is refused within a second.',
      mutant: 'The number of values behind aliases is not limited.',
    },
    {
      id: 'F99',
      fault: 'A test of a configuration fails.',
      except: 'Not promised: a `callboard test` command. `callboard check` decodes each sample and runs each hook.',
    },
  ],
}

// A worker of the journal that never answers, like one whose file system does not respond.
setInterval(() => {}, 1_000)

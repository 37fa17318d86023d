// The system lane tries more random inputs than a run by hand.
process.env.FUZZ_REQUESTS ??= '100000'
process.env.MODEL_RUNS ??= '400'

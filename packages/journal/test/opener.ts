import { checkJournalPath, sqlite } from '@callboard/journal'

// A process that checks and opens the journal at a path. It prints both errors as a JSON array, with null for success.

const errorOf = async (run: () => unknown): Promise<string | null> => {
  try {
    await run()
    return null
  } catch (error) {
    return String(error)
  }
}

const [path = ''] = process.argv.slice(2)
const checked = await errorOf(() => checkJournalPath(path))
const opened = await errorOf(async () => (await sqlite({ path })).close())
process.stdout.write(JSON.stringify([checked, opened]))

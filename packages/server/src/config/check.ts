import type { ConfigProblem } from './problems.ts'
import { readConfig } from './read.ts'
import { inOrder } from './report.ts'

/** Everything that can be said of a configuration without a network: its problems, and webhooks that would never be called. */
export const checkConfig = async (file: string, env: NodeJS.ProcessEnv): Promise<readonly ConfigProblem[]> => {
  const { problems, blocked } = await readConfig(file, env)
  return [...problems, ...blocked.map((problem): ConfigProblem => ({ ...problem, level: 'error' }))].toSorted(inOrder)
}

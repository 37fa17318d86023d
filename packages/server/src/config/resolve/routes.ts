import { NonEmptyText } from '../schema/codecs.ts'
import type { ConfigDocument } from '../yaml/document.ts'

/** Reads the routes of a configuration: command -> names of sinks. A name that is not text is reported and left out. */
export const readRoutes = (shape: ConfigDocument): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    shape.names(['routes']).map((command) => {
      const path = ['routes', command]
      const names = Array.from({ length: shape.count(path) }, (_, index) => shape.read(NonEmptyText, [...path, index]))
      return [command, names.filter((name) => name !== undefined)]
    }),
  )

/** A property of an interface, as its doc comment has it. */
export interface Field {
  readonly name: string
  readonly message: string
}

const PROPERTY = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?readonly (\w+)\??:/g

/** The text of a doc comment in one line. */
const inOneLine = (comment: string): string =>
  comment
    .replace(/^\s*\* ?/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim()

/** The properties of an interface in a source text. Throws where one has no doc comment: it would be a row that says nothing. */
export const fieldsOf = (text: string, name: string): readonly Field[] => {
  const [, inside] = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(text) ?? []
  if (inside === undefined) throw new Error(`there is no interface ${name}`)
  return [...inside.matchAll(PROPERTY)].map(([, comment, field = '']) => {
    if (comment === undefined) throw new Error(`${field} of ${name} has no doc comment`)
    return { name: field, message: inOneLine(comment) }
  })
}

/** A table of names and what is said about them. */
export const tableOf = (head: string, fields: readonly Field[]): string =>
  [`| ${head} | |`, '|---|---|', ...fields.map(({ name, message }) => `| \`${name}\` | ${message.replaceAll('|', '\\|')} |`)].join('\n')

/** A property of an interface and its doc comment. */
export interface Field {
  readonly name: string
  readonly message: string
}

const PROPERTY = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?readonly (\w+)\??:/g

/** Returns the text of a doc comment as one line. */
const inOneLine = (comment: string): string =>
  comment
    .replace(/^\s*\* ?/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim()

/** Returns the properties of an interface in a source text. Throws for a property without a doc comment. */
export const fieldsOf = (text: string, name: string): readonly Field[] => {
  const [, inside] = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(text) ?? []
  if (inside === undefined) throw new Error(`there is no interface ${name}`)
  return [...inside.matchAll(PROPERTY)].map(([, comment, field = '']) => {
    if (comment === undefined) throw new Error(`${field} of ${name} has no doc comment`)
    return { name: field, message: inOneLine(comment) }
  })
}

/** Returns a Markdown table of names and descriptions. */
export const tableOf = (head: string, fields: readonly Field[]): string =>
  [`| ${head} | |`, '|---|---|', ...fields.map(({ name, message }) => `| \`${name}\` | ${message.replaceAll('|', '\\|')} |`)].join('\n')

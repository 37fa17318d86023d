/** Returns the lines between `// #region NAME` and `// #endregion`, without their indentation. */
export const region = (text: string, name: string): string => {
  const [, block] = new RegExp(`// #region ${name}\\n([\\s\\S]*?) *// #endregion`).exec(text) ?? []
  if (block === undefined) throw new Error(`there is no region ${name}`)
  const lines = block.trimEnd().split('\n')
  const margin = Math.min(...lines.filter((line) => line !== '').map((line) => line.search(/\S/)))
  return lines.map((line) => line.slice(margin)).join('\n')
}

const IMPORT = /^import (type )?(?:(\w+)(?:, | (?=from)))?(?:\{([^}]*)\} )?from '([^']+)'$/gm

/** Returns the imports of packages that a piece of code needs. Imports by path are left out. */
const importsFor = (code: string, text: string): readonly string[] => {
  const isUsed = (imported: string): boolean => new RegExp(`\\b${imported.replace(/^type /, '')}\\b`).test(code)
  return [...text.matchAll(IMPORT)].flatMap(([, type = '', whole, listed = '', from = '']) => {
    const names = listed.split(',').flatMap((each) => each.trim() || [])
    const used = names.filter(isUsed)
    const parts = [...(whole !== undefined && isUsed(whole) ? [whole] : []), ...(used.length > 0 ? [`{ ${used.join(', ')} }`] : [])]
    return parts.length === 0 || from.startsWith('.') ? [] : [`import ${type}${parts.join(', ')} from '${from}'`]
  })
}

/** Returns a region of a file with its imports. */
export const quoted = (text: string, name: string): string => {
  const code = region(text, name)
  if (code.startsWith('import ')) return code
  const imports = importsFor(code, text)
  return imports.length === 0 ? code : `${imports.join('\n')}\n\n${code}`
}

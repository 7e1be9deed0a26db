/** Splits quoted, separated text into rows of cells. Total: a quote that is never closed runs to the end. */
export function readCsv(text: string, separator: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const endCell = () => {
    row.push(cell)
    cell = ''
  }
  const endRow = () => {
    endCell()
    rows.push(row)
    row = []
  }
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index]
    if (quoted && char === '"' && text[index + 1] === '"') {
      cell += '"'
      index += 1
    } else if (char === '"' && (quoted || cell.trim() === '')) {
      cell = quoted ? cell : ''
      quoted = !quoted
    } else if (!quoted && char === separator) endCell()
    else if (!quoted && char === '\n') endRow()
    else if (quoted || char !== '\r') cell += char
  }
  if (cell !== '' || row.length > 0) endRow()
  return rows
}

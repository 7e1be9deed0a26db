import { create } from 'qrcode'

/** The dark modules of a QR code, as runs along its rows; the paper around it is its quiet zone. */
export function qrRows(text: string) {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const { size } = modules
  const runs: { row: number; column: number; length: number }[] = []
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (modules.get(row, column) === 0) continue
      const last = runs.at(-1)
      if (last?.row === row && last.column + last.length === column) last.length += 1
      else runs.push({ row, column, length: 1 })
    }
  }
  return { modules: size, runs }
}

// Prints the SHA-256 of each sample, for a comparison between processes.
import { createHash } from 'node:crypto'
import { renderDocument } from '../src/render-document.ts'
import { samples } from './samples.ts'

const sums: Record<string, string> = {}
for (const [name, document] of Object.entries(samples)) {
  sums[name] = createHash('sha256')
    .update(await renderDocument(document))
    .digest('hex')
}
process.stdout.write(JSON.stringify(sums))

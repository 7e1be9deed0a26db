import type { Printer } from '../flows/documents/ports.ts'

/** Fonts and ink are loaded with the first document: a server that prints none starts as fast and as small as before. */
export const lazyPrinter: Printer = {
  print: async (document) => (await import('@nyuzi/documents')).renderDocument(document),
  readLogo: async (bytes) => (await import('@nyuzi/documents')).readLogo(bytes),
}

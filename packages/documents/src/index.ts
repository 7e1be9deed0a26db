export * from './document.ts'
export { type Logo, readLogo, type UnreadableLogo } from './logo.ts'
export { renderDocument } from './render-document.ts'

export { default } from './nyuzi.config.ts'

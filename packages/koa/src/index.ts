export { type Callboard, type CallboardOptions, createCallboard } from './callboard.ts'

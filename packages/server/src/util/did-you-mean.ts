// Core suggests the keys of options by the same rules.
export { suggest } from '@callboard/core'

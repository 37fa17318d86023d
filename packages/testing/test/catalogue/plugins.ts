import { isPlugin, type Plugin } from '@callboard/core'
import * as chat from '../../../plugin-chat/src/index.ts'
import * as rtc from '../../../plugin-rtc/src/index.ts'

/** Every plugin of ours, each once: the exemplar is exported by two packages. */
export const plugins: readonly Plugin[] = [...new Set([chat, rtc].flatMap((module) => Object.values<unknown>(module)).filter(isPlugin))]

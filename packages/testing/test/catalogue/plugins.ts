import { isPlugin, type Plugin } from '@callboard/core'
import * as chat from '../../../plugin-chat/src/index.ts'
import * as rtc from '../../../plugin-rtc/src/index.ts'

/** Every built-in plugin once. Two packages export the exemplar. */
export const plugins: readonly Plugin[] = [...new Set([chat, rtc].flatMap((module) => Object.values<unknown>(module)).filter(isPlugin))]

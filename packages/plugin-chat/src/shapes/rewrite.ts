import { type AllowWith, strictStruct } from '@callboard/core'
import * as t from 'io-ts'
import { MsgBody } from './msg-body.ts'

/** What a message may be sent with instead of its own; what is absent stays as it was. */
export const Rewrite = strictStruct({}, { MsgBody, CloudCustomData: t.string })
/** What a message may be sent with instead of its own; what is absent stays as it was. */
export type Rewrite = t.TypeOf<typeof Rewrite>

/** Lets a message go on, changed: `rewrite({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '***' } }] })`. */
export const rewrite = (fields: Rewrite): AllowWith<Rewrite> => ({ verdict: 'allow', fields })

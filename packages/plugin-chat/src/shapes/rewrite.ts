import { type AllowWith, strictStruct, string, type TypeOf } from '@callboard/core'
import { MsgBody } from './msg-body.ts'

/** What a message may be sent with instead of its own; what is absent stays as it was. */
export const Rewrite = strictStruct({}, { MsgBody, CloudCustomData: string })
/** What a message may be sent with instead of its own; what is absent stays as it was. */
export type Rewrite = TypeOf<typeof Rewrite>

/** Lets a message go on, changed: `rewrite({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '***' } }] })`. */
export const rewrite = (fields: Rewrite): AllowWith<Rewrite> => ({ verdict: 'allow', fields })

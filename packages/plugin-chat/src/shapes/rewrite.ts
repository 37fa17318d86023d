import { type AllowWith, strictStruct, string, type TypeOf } from '@callboard/core'
import { MsgBody } from './msg-body.ts'

/** The codec of the fields to replace in a message. Absent fields stay unchanged. */
export const Rewrite = strictStruct({}, { MsgBody, CloudCustomData: string })
/** The fields to replace in a message. Absent fields stay unchanged. */
export type Rewrite = TypeOf<typeof Rewrite>

/** Allows a message with changed fields: `rewrite({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '***' } }] })`. */
export const rewrite = (fields: Rewrite): AllowWith<Rewrite> => ({ verdict: 'allow', fields })

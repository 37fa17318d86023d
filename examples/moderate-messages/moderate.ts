import { allow, decideWith, drop, refuse } from '@callboard/core'
import { groupBeforeSendMsg, rewrite } from '@callboard/plugin-chat'

/** Decides each group message before it is sent, within 1.5 s. If this code fails or is late, Callboard answers with `fallback`. */
export default decideWith(groupBeforeSendMsg, ({ body }) => {
  const text = body.MsgBody.map((part) => (part.MsgType === 'TIMTextElem' ? part.MsgContent.Text : '')).join(' ')
  if (/casino/i.test(text)) return refuse(10100, 'no advertisements here') // the sender sees the text
  if (/free money/i.test(text)) return drop // the sender sees success, the group gets no message
  if (/\bdamn\b/i.test(text)) return rewrite({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '****' } }] })
  return allow
})

import { allow, decideWith, drop, refuse } from '@callboard/core'
import { groupBeforeSendMsg, rewrite } from '@callboard/plugin-chat'

/** Asked about each group message before it is sent: there are 1.5 seconds to answer, and a failure means `fallback`. */
export default decideWith(groupBeforeSendMsg, ({ body }) => {
  const text = body.MsgBody.map((part) => (part.MsgType === 'TIMTextElem' ? part.MsgContent.Text : '')).join(' ')
  if (/casino/i.test(text)) return refuse(10100, 'no advertisements here') // the sender is told
  if (/free money/i.test(text)) return drop // the sender sees success, and nobody else sees anything
  if (/\bdamn\b/i.test(text)) return rewrite({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '****' } }] })
  return allow
})

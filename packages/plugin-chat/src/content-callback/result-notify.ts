import { definePlugin, identifier, integer, list, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { conversationKey } from '../shapes/conversation-key.ts'
import { texts } from '../shapes/texts.ts'

const Contact = struct(
  {},
  {
    /** An open set: 1 one-to-one, 2 group. */
    ContactType: integer,
    /** One-to-one only. */
    To_Account: string,
    /** Groups only. */
    ToGroupId: string,
  },
)

/** The body of `ContentCallback.ResultNotify`, which has no time. Source: vendor documents 269/95616 and 1047/77840. */
export const ContentCallbackResultNotify = struct(
  {
    /** The author. */
    From_Account: string,
  },
  {
    /** An open set: C2C, C2CCustom, Group, GroupCustom, GroupInfo, GroupMemberInfo, RelationChain, UserInfo. */
    Scene: string,
    /** An open set: Text, Image, Audio, Video. */
    ContentType: string,
    /** 1 intercepted, 0 passed. */
    CtxcbResult: integer,
    CtxcbRequestId: string,
    /** In the sample, but not in the table. */
    SdkAppId: integer,
    /** The receiver of a message. */
    ContactItem: Contact,
    TextContent: texts,
    FileURL: string,
    /** The MsgKey of a one-to-one message, or the MsgSeq of a group message. */
    MsgID: identifier,
    /** The matched keywords. */
    CtxcbKeywords: list(string),
    /** An open set: Block, Review, Normal. */
    CtxcbSuggestion: string,
    /** An open set: Normal, Illegal, Abuse, Polity, Ad, Porn, Sexy, Terror, Composite. */
    CtxcbLabel: string,
    CtxcbSubLabel: string,
    CtxcbSubLabelDesc: string,
    CtxcbLibName: string,
    CloudCustomData: string,
  },
)
/** The decoded body: TextContent is a list. */
export type ContentCallbackResultNotify = TypeOf<typeof ContentCallbackResultNotify>

/** Returns the group, else the conversation, else the author. Fields that do not apply may be empty. */
const keyOf = ({ From_Account, ContactItem }: ContentCallbackResultNotify): string => {
  if (ContactItem?.ToGroupId) return ContactItem.ToGroupId
  return ContactItem?.To_Account ? conversationKey(From_Account, ContactItem.To_Account) : From_Account
}

const RESULTS: ReadonlyMap<number, string> = new Map([
  [0, 'passed'],
  [1, 'intercepted'],
])

/** The moderation service judged a message, a profile or a relation. */
export const contentCallbackResultNotify = definePlugin({
  command: 'ContentCallback.ResultNotify',
  title: 'Cloud moderation verdict',
  body: ContentCallbackResultNotify,
  key: keyOf,
  sample: {
    Scene: 'C2C',
    SdkAppId: 1400000000,
    From_Account: 'user1',
    ContactItem: { ContactType: 1, To_Account: 'user2' },
    ContentType: 'Text',
    TextContent: ['aaa', 'bbb'],
    MsgID: '1434460578_4137340972_1661154487',
    CtxcbResult: 1,
    CtxcbRequestId: '241ed925-4c56-4357-95dd-1e6e7798f214',
    CtxcbKeywords: ['aaa'],
    CtxcbSuggestion: 'Review',
    CtxcbLabel: 'Sexy',
    CtxcbSubLabel: 'SubLabel',
    CtxcbSubLabelDesc: 'text',
    CtxcbLibName: 'test',
    CloudCustomData: 'custom',
  },
  hooks: {
    log: ({ body }) => {
      const { CtxcbResult } = body
      const result = CtxcbResult === undefined ? 'judged' : (RESULTS.get(CtxcbResult) ?? `judged (${CtxcbResult})`)
      const found = [body.CtxcbSuggestion, body.CtxcbLabel].filter((each) => each !== undefined).join(', ')
      return `${orUnknown(body.ContentType, 'content')} of ${body.From_Account} (${orUnknown(body.Scene, 'scene')}) ${result}${found && `: ${found}`}`
    },
  },
})

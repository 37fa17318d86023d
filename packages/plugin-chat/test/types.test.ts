import { allow, allowWith, type BodyOf, decideWith, drop, refuse } from '@callboard/core'
import {
  type c2cAfterMsgWithDraw,
  c2cBeforeSendMsg,
  except,
  groupAfterSendMsg,
  groupBeforeCreateGroup,
  groupBeforeInviteJoinGroup,
  groupBeforeSendMsg,
  type MsgElement,
  rewrite,
  snsPrevFriendAdd,
} from '../src/index.ts'

// Compiled by `pnpm test`; each @ts-expect-error is a case that must not compile.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_: Same<A, B>): void => {}

describe('the types of plugin-chat', () => {
  it('accept `rewrite` only for callbacks about messages', () => {
    decideWith(groupBeforeSendMsg, () => rewrite({ CloudCustomData: 'x' }))
    decideWith(c2cBeforeSendMsg, ({ body }) => rewrite({ MsgBody: body.MsgBody.map(masked), CloudCustomData: 'x' }))
    decideWith(groupBeforeSendMsg, () => drop)
    decideWith(groupBeforeSendMsg, () => allowWith({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'x' } }] }))
    // @ts-expect-error a misspelt reply field
    rewrite({ CloudCustomDate: 'x' })
    // @ts-expect-error a misspelt reply field
    decideWith(groupBeforeSendMsg, () => allowWith({ MsgBoby: [] }))
    // @ts-expect-error a misspelt field of the content
    rewrite({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Txt: 'x' } }] })
    // @ts-expect-error content of another kind
    rewrite({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Index: 1 } }] })
    // @ts-expect-error a kind that the vendor does not document cannot be written by mistake
    rewrite({ MsgBody: [{ MsgType: 'TIMTxtElem', MsgContent: {} }] })
    // @ts-expect-error no message to rewrite
    decideWith(groupBeforeInviteJoinGroup, () => rewrite({ CloudCustomData: 'x' }))
    // @ts-expect-error no message to rewrite
    decideWith(groupBeforeCreateGroup, () => rewrite({ CloudCustomData: 'x' }))
    // @ts-expect-error no message to rewrite
    decideWith(snsPrevFriendAdd, () => rewrite({ CloudCustomData: 'x' }))
  })

  it('accept `except` only for callbacks that can refuse single accounts', () => {
    decideWith(groupBeforeInviteJoinGroup, () => except(['user2']))
    decideWith(groupBeforeInviteJoinGroup, () => allowWith({ RefusedMembers_Account: ['user2'] }))
    decideWith(snsPrevFriendAdd, () => except(['user2']))
    // @ts-expect-error a message has one sender
    decideWith(groupBeforeSendMsg, () => except(['user2']))
    // @ts-expect-error a group is created or not
    decideWith(groupBeforeCreateGroup, () => except(['user2']))
    // @ts-expect-error a misspelt reply field
    decideWith(groupBeforeInviteJoinGroup, () => allowWith({ RefusedMember_Account: ['user2'] }))
  })

  it('accept `drop` only for messages', () => {
    // @ts-expect-error only messages can be dropped
    decideWith(groupBeforeInviteJoinGroup, () => drop)
    // @ts-expect-error only messages can be dropped
    decideWith(snsPrevFriendAdd, () => drop)
  })

  it('accept no decision for an after-callback', () => {
    // @ts-expect-error an after-callback takes no decision
    const wrong = () => decideWith(groupAfterSendMsg, () => allow)
    void wrong
  })

  it('show a body as plain fields', () => {
    same<
      BodyOf<typeof c2cAfterMsgWithDraw>,
      {
        readonly From_Account: string
        readonly To_Account: string
        readonly MsgKey?: string
        readonly UnreadMsgNum?: number
        readonly EventTime?: number
      }
    >(true)
    same<BodyOf<typeof groupBeforeSendMsg>['MsgBody'], readonly MsgElement[]>(true)
  })

  it('narrow a message element by its kind', () => {
    decideWith(groupBeforeSendMsg, ({ body }) =>
      body.MsgBody.some((element) => element.MsgType === 'TIMTextElem' && element.MsgContent.Text?.includes('spam'))
        ? refuse(10100)
        : allow,
    )
    // @ts-expect-error a face has no text
    const wrong = (element: MsgElement) => (element.MsgType === 'TIMFaceElem' ? element.MsgContent.Text : undefined)
    void wrong
    // An unknown kind is a plain text.
    const kinds = (elements: readonly MsgElement[]): readonly string[] => elements.map(({ MsgType }) => MsgType)
    void kinds
  })
})

const masked = (element: MsgElement): MsgElement =>
  element.MsgType === 'TIMTextElem' ? { ...element, MsgContent: { ...element.MsgContent, Text: '***' } } : element

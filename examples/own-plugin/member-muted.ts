// #region plugin
import { definePlugin, list, millis, seconds, string, struct } from '@callboard/core'

/** A callback that Callboard does not know. Fields that are not listed here are kept. */
export const memberMuted = definePlugin({
  command: 'Group.CallbackAfterMemberMuted',
  title: 'Members muted',
  body: struct({ GroupId: string, MemberList: list(struct({ Member_Account: string })) }, { MutedUntil: seconds, EventTime: millis }),
  key: (body) => body.GroupId,
  sample: {
    GroupId: '@TGS#1',
    MemberList: [{ Member_Account: 'user1' }],
    MutedUntil: 1670578014,
    EventTime: '1670574414123',
  },
  hooks: {
    log: ({ body }) => `${body.MemberList.map((member) => member.Member_Account).join(', ')} muted in group ${body.GroupId}`,
  },
})
// #endregion

import { definePlugin, formatNames, integer, list, millis, orUnknown, string, struct, type TypeOf } from '@callboard/core'
import { union } from '../shapes/union.ts'

/** The body of `Profile.CallbackPortraitSet`. Source: vendor document 1047/48733. */
export const ProfilePortraitSet = struct(
  {
    /** The owner of the profile. */
    From_Account: string,
    ProfileItem: list(
      struct(
        {
          /** An open set: Tag_Profile_IM_Nick, Tag_Profile_IM_Gender, Tag_Profile_IM_AllowType, Tag_Profile_Custom_… and others. */
          Tag: string,
        },
        {
          /** A text or a number, depending on the tag. */
          Value: union(string, integer),
        },
      ),
    ),
  },
  {
    /** The account that changed the profile. */
    Operator_Account: string,
    EventTime: millis,
  },
)
/** The decoded body: EventTime is a number. */
export type ProfilePortraitSet = TypeOf<typeof ProfilePortraitSet>

/** An account changed a profile, usually its own. */
export const profilePortraitSet = definePlugin({
  command: 'Profile.CallbackPortraitSet',
  title: 'User profile updated',
  body: ProfilePortraitSet,
  key: (body) => body.From_Account,
  sample: {
    Operator_Account: 'user1',
    From_Account: 'user1',
    EventTime: 1656921052497,
    ProfileItem: [
      { Tag: 'Tag_Profile_IM_Nick', Value: 'nick1' },
      { Tag: 'Tag_Profile_IM_Gender', Value: 'Gender_Type_Male' },
      { Tag: 'Tag_Profile_Custom_Data', Value: 'custom' },
    ],
  },
  hooks: {
    log: ({ body }) =>
      `profile of ${body.From_Account} changed by ${orUnknown(body.Operator_Account, 'operator')}: ${formatNames(body.ProfileItem.map(({ Tag }) => Tag))}`,
  },
})

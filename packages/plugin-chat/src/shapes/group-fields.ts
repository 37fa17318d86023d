import { string } from '@callboard/core'

/** The type of the group that a callback is about. */
export const groupType = {
  /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
  Type: string,
}

/** The type of the group that the topic of a callback is in. */
export const topicGroupType = {
  /** Always Community: only a Community has topics. */
  Type: string,
}

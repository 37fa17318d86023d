import { string } from '@callboard/core'

/** The group that a callback is about. */
export const groupFields = {
  GroupId: string,
  /** An open set: Private, Public, ChatRoom, AVChatRoom, Community, and others of older apps and sister products. */
  Type: string,
}

/** The group that the topic of a callback is in. */
export const topicGroupFields = {
  GroupId: string,
  /** Always Community: only a Community has topics. */
  Type: string,
}

import { allow, decideWith } from '@callboard/core'
import { groupBeforeSendMsg } from '@callboard/plugin-chat'

// The decision that the measured program loads.

export default decideWith(groupBeforeSendMsg, () => allow)

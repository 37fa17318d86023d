import {
  definePlugin,
  formatNames,
  inMillis,
  integer,
  list,
  orUnknown,
  seconds,
  string,
  struct,
  type TypeOf,
  verdicts,
} from '@callboard/core'

/** The body of `Live.CallbackBeforeSendGift`. Source: vendor document 647/72210. */
export const LiveBeforeSendGift = struct(
  { RoomId: string },
  {
    Operator_Account: string,
    /** The order of the gift. */
    GiftWater: struct(
      {},
      {
        From_Account: string,
        To_Account: list(string),
        Time: seconds,
        GiftId: string,
        Count: integer,
        /** The price of the gift. */
        Coins: integer,
      },
    ),
  },
)
/** The decoded body: `Time` is a number of seconds. */
export type LiveBeforeSendGift = TypeOf<typeof LiveBeforeSendGift>

/**
 * A user wants to send a gift. Unlike other before-callbacks, the vendor blocks a gift without an answer, so the fallback refuses,
 * too. Codes 102100 to 102200 reach the client.
 */
export const liveBeforeSendGift = definePlugin({
  command: 'Live.CallbackBeforeSendGift',
  title: 'Before a gift is sent',
  body: LiveBeforeSendGift,
  key: (body) => body.RoomId,
  eventTime: (body) => inMillis(body.GiftWater?.Time),
  before: verdicts({ codes: [102100, 102200], fallback: 'refuse' }),
  sample: {
    Operator_Account: 'user1',
    RoomId: 'room1',
    GiftWater: { From_Account: 'user1', To_Account: ['user2'], Time: 1703589922, GiftId: 'gift1', Count: 1, Coins: 1000 },
  },
  hooks: {
    log: ({ body: { RoomId, GiftWater: gift = {} } }) => {
      const what = `${orUnknown(gift.Count, 'number')} × ${orUnknown(gift.GiftId, 'gift')} (${orUnknown(gift.Coins, 'number of')} coins)`
      const receivers = gift.To_Account ? formatNames(gift.To_Account) : 'unknown receivers'
      return `live room ${RoomId}: ${orUnknown(gift.From_Account, 'sender')} gives ${what} to ${receivers}`
    },
  },
})

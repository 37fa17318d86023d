import { anyObject, decimal, integer, type JsonObject, list, type OtherTag, struct, taggedUnion } from '@callboard/core'
import * as t from 'io-ts'

// Senders of all ages fill these in: older SDKs send fewer fields, so that none is required, and numbers are taken in every form. A message
// that is not understood is a message that nobody can decide about.

/** What an element of each kind that the vendor documents contains. Source: vendor document 1047/33527. */
const contents = {
  TIMTextElem: struct({}, { Text: t.string }),
  TIMFaceElem: struct({}, { Index: decimal, Data: t.string }),
  TIMCustomElem: struct({}, { Data: t.string, Desc: t.string, Ext: t.string, Sound: t.string }),
  /** Degrees. */
  TIMLocationElem: struct({}, { Desc: t.string, Latitude: decimal, Longitude: decimal }),
  /** `Size` in bytes, `Second` in seconds. */
  TIMSoundElem: struct({}, { Url: t.string, UUID: t.string, Size: decimal, Second: decimal, Download_Flag: decimal }),
  TIMImageElem: struct(
    {},
    {
      UUID: t.string,
      /** 1 JPG, 2 GIF, 3 PNG, 4 BMP, 255 other. */
      ImageFormat: decimal,
      /** `Type`: 1 original, 2 large, 3 thumbnail. `Size` in bytes. */
      ImageInfoArray: list(struct({}, { Type: decimal, Size: decimal, Width: decimal, Height: decimal, URL: t.string })),
    },
  ),
  /** `FileSize` in bytes. */
  TIMFileElem: struct({}, { Url: t.string, UUID: t.string, FileSize: decimal, FileName: t.string, Download_Flag: decimal }),
  /** Sizes in bytes, `VideoSecond` in seconds. */
  TIMVideoFileElem: struct(
    {},
    {
      VideoUrl: t.string,
      VideoUUID: t.string,
      VideoSize: decimal,
      VideoSecond: decimal,
      VideoFormat: t.string,
      VideoDownloadFlag: decimal,
      ThumbUrl: t.string,
      ThumbUUID: t.string,
      ThumbSize: decimal,
      ThumbWidth: decimal,
      ThumbHeight: decimal,
      ThumbFormat: t.string,
      ThumbDownloadFlag: decimal,
    },
  ),
  /** Forwarded messages: `MsgList` up to 12 KB, or else `JsonMsgKey`. Each has a `MsgBody` of its own. */
  TIMRelayElem: struct(
    {},
    {
      Title: t.string,
      MsgNum: integer,
      CompatibleText: t.string,
      AbstractList: list(t.string),
      MsgList: list(anyObject),
      JsonMsgKey: t.string,
    },
  ),
}

type Contents = typeof contents
/** An element of a kind that nobody has listed yet. */
interface OtherElement {
  readonly MsgType: OtherTag
  readonly MsgContent: JsonObject
}
/** One element of a message: comparing `MsgType` with a kind tells what `MsgContent` holds. */
export type MsgElement =
  | { [Kind in keyof Contents]: { readonly MsgType: Kind; readonly MsgContent: t.TypeOf<Contents[Kind]> } }[keyof Contents]
  | OtherElement
/** One element of a message on the wire. */
export type MsgElementWire =
  | { [Kind in keyof Contents]: { readonly MsgType: Kind; readonly MsgContent: t.OutputOf<Contents[Kind]> } }[keyof Contents]
  | OtherElement

/** One element of a message; a kind that the vendor invents tomorrow passes with its content as it is. */
export const MsgElement: t.Type<MsgElement, MsgElementWire, unknown> = taggedUnion('MsgType', 'MsgContent', contents)

/** The elements of a message, in order. */
export const MsgBody = list(MsgElement)
/** The elements of a message, in order. */
export type MsgBody = readonly MsgElement[]

const SHOWN = 3

/** What a message is made of, for people, never what it says: `TIMTextElem`, `TIMTextElem+TIMImageElem`, `…` after three. */
export const kindsOf = (body: MsgBody): string =>
  [...body.slice(0, SHOWN).map(({ MsgType }) => MsgType), ...(body.length > SHOWN ? ['…'] : [])].join('+') || 'nothing'

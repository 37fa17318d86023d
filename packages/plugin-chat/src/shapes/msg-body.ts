import {
  anyObject,
  type Codec,
  decimal,
  integer,
  type JsonObject,
  list,
  type OtherTag,
  type Struct,
  type StructWire,
  string,
  struct,
  type TypeOf,
  taggedUnion,
} from '@callboard/core'

// SDKs of all ages fill these in. Older ones send fewer fields, so no field is required and numbers are accepted in every form. A strict
// codec would quarantine messages that a decision must see.

/** The content of each documented kind of element. Source: vendor document 1047/33527. */
const contents = {
  TIMTextElem: struct({}, { Text: string }),
  TIMFaceElem: struct({}, { Index: decimal, Data: string }),
  TIMCustomElem: struct({}, { Data: string, Desc: string, Ext: string, Sound: string }),
  /** Degrees. */
  TIMLocationElem: struct({}, { Desc: string, Latitude: decimal, Longitude: decimal }),
  /** `Size` in bytes, `Second` in seconds. */
  TIMSoundElem: struct({}, { Url: string, UUID: string, Size: decimal, Second: decimal, Download_Flag: decimal }),
  TIMImageElem: struct(
    {},
    {
      UUID: string,
      /** 1 JPG, 2 GIF, 3 PNG, 4 BMP, 255 other. */
      ImageFormat: decimal,
      /** `Type`: 1 original, 2 large, 3 thumbnail. `Size` in bytes. */
      ImageInfoArray: list(struct({}, { Type: decimal, Size: decimal, Width: decimal, Height: decimal, URL: string })),
    },
  ),
  /** `FileSize` in bytes. */
  TIMFileElem: struct({}, { Url: string, UUID: string, FileSize: decimal, FileName: string, Download_Flag: decimal }),
  /** Sizes in bytes, `VideoSecond` in seconds. */
  TIMVideoFileElem: struct(
    {},
    {
      VideoUrl: string,
      VideoUUID: string,
      VideoSize: decimal,
      VideoSecond: decimal,
      VideoFormat: string,
      VideoDownloadFlag: decimal,
      ThumbUrl: string,
      ThumbUUID: string,
      ThumbSize: decimal,
      ThumbWidth: decimal,
      ThumbHeight: decimal,
      ThumbFormat: string,
      ThumbDownloadFlag: decimal,
    },
  ),
  /** Forwarded messages: `MsgList` up to 12 KB, or else `JsonMsgKey`. Each has a `MsgBody` of its own. */
  TIMRelayElem: struct(
    {},
    {
      Title: string,
      MsgNum: integer,
      CompatibleText: string,
      AbstractList: list(string),
      MsgList: list(anyObject),
      JsonMsgKey: string,
    },
  ),
}

type Contents = typeof contents
type WireOf<S> = S extends Struct<infer Required, infer Optional> ? StructWire<Required, Optional> : never
/** An element of an unknown kind. */
interface OtherElement {
  readonly MsgType: OtherTag
  readonly MsgContent: JsonObject
}
/** One element of a message. Comparing `MsgType` with a kind narrows `MsgContent`. */
export type MsgElement =
  | { [Kind in keyof Contents]: { readonly MsgType: Kind; readonly MsgContent: TypeOf<Contents[Kind]> } }[keyof Contents]
  | OtherElement
/** One element of a message on the wire. */
export type MsgElementWire =
  | { [Kind in keyof Contents]: { readonly MsgType: Kind; readonly MsgContent: WireOf<Contents[Kind]> } }[keyof Contents]
  | OtherElement

/** The codec of one element of a message. An unknown kind keeps its content. */
export const MsgElement: Codec<MsgElement, MsgElementWire> = taggedUnion('MsgType', 'MsgContent', contents)

/** The elements of a message, in order. */
export const MsgBody = list(MsgElement)
/** The elements of a message, in order. */
export type MsgBody = readonly MsgElement[]

const MAX_SHOWN = 3

/** Returns the kinds of the first three elements for a log line, such as `TIMTextElem+TIMImageElem`, and never their content. */
export const formatKinds = (body: MsgBody): string =>
  [...body.slice(0, MAX_SHOWN).map(({ MsgType }) => MsgType), ...(body.length > MAX_SHOWN ? ['…'] : [])].join('+') || 'nothing'

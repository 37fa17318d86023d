const PROFILE = ['Name', 'Introduction', 'Notification', 'FaceUrl', 'UserDefinedDataList', 'ShutUpAllMember'] as const

/** Which fields of a profile a body carries, for people: `Name, FaceUrl`. */
export const changedIn = (body: { readonly [Field in (typeof PROFILE)[number]]?: unknown }): string =>
  PROFILE.filter((field) => body[field] !== undefined).join(', ') || 'the profile'

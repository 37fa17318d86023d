const PROFILE_FIELDS = ['Name', 'Introduction', 'Notification', 'FaceUrl', 'UserDefinedDataList', 'ShutUpAllMember'] as const

/** Returns the profile fields in a body for a log line: `Name, FaceUrl`. */
export const changedFields = (body: { readonly [Field in (typeof PROFILE_FIELDS)[number]]?: unknown }): string =>
  PROFILE_FIELDS.filter((field) => body[field] !== undefined).join(', ') || 'the profile'

/** The body of the measured callback as JSON schema, for fastify. */
export const schema = {
  body: {
    type: 'object',
    required: ['GroupId', 'Type', 'Owner_Account', 'Name'],
    properties: {
      CallbackCommand: { type: 'string' },
      GroupId: { type: 'string' },
      Type: { type: 'string' },
      Owner_Account: { type: 'string' },
      Name: { type: 'string' },
      MemberList: {
        type: 'array',
        items: { type: 'object', required: ['Member_Account'], properties: { Member_Account: { type: 'string' } } },
      },
      EventTime: { type: 'string' },
    },
  },
} as const

/**
 * The catalogue: every error that somebody outside can meet, with the HTTP status it travels under. docs/errors.md
 * describes each code, and a test holds the two together. A code, once published, keeps its meaning.
 */
export const ERRORS = {
  BODY_NOT_JSON: { status: 400, text: 'The body is not valid JSON.' },
  BODY_TOO_LARGE: { status: 413, text: 'The body is larger than this door accepts.' },
  UNSUPPORTED_ENCODING: {
    status: 415,
    text: 'The body has a content type or content encoding that is not accepted.',
  },
  NOT_FOUND: { status: 404, text: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: { status: 405, text: 'This address does not answer to this method.' },
  UNAUTHENTICATED: {
    status: 401,
    text: 'A key is needed, and the one given is missing, unknown or revoked.',
  },
  FORBIDDEN: { status: 403, text: 'The key is known but lacks the scope that this needs.' },
  NOT_READY: { status: 503, text: 'The process is starting, stopping, or its store cannot take writes.' },
  OVERLOADED: {
    status: 429,
    text: 'More is being asked than can be accepted now; nothing of this request was stored.',
  },
  INTERNAL: { status: 500, text: 'A bug on our side; the log has the details under the request id.' },

  BATCH_EMPTY: { status: 400, text: 'A batch needs a non-empty list named "batch".' },
  BATCH_TOO_LONG: { status: 400, text: 'The batch has more events than one request may carry.' },
  EVENT_NOT_OBJECT: { status: 400, text: 'An event is a JSON object.' },
  EVENT_TOO_LARGE: { status: 400, text: 'The event is larger than this source may send.' },
  EVENT_TYPE_UNKNOWN: { status: 400, text: 'The type of the event is missing or not one that is known.' },
  EVENT_NAME_MISSING: { status: 400, text: 'A track needs the name of its event.' },
  EVENT_NO_IDENTITY: {
    status: 400,
    text: 'The event names nobody: no userId, anonymousId or other identifier.',
  },
  EVENT_FIELD_INVALID: {
    status: 400,
    text: 'A field of the event has a type or value that is not accepted.',
  },
  EVENT_TIME_INVALID: {
    status: 400,
    text: 'A time of the event cannot be read or lies outside the accepted range.',
  },
  EVENT_KEY_FORBIDDEN: {
    status: 400,
    text: 'The event has a key that is never accepted (`__proto__`, `constructor`, `prototype`).',
  },
  EVENT_TOO_DEEP: { status: 400, text: 'The event is nested deeper, or has more keys, than is accepted.' },

  GRAPHQL_PARSE_FAILED: { status: 400, text: 'The document is not GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, text: 'The document does not fit the schema.' },
  QUERY_TOO_LARGE: { status: 400, text: 'The document is longer, deeper or wider than one request may be.' },
  QUERY_TOO_DEEP: { status: 400, text: 'The document has fields within fields deeper than is accepted.' },
  QUERY_TOO_MANY_ALIASES: { status: 400, text: 'The document renames more fields than is accepted.' },
  QUERY_TOO_MANY_ROOTS: { status: 400, text: 'The operation has more root fields than is accepted.' },
  QUERY_TOO_MANY_DIRECTIVES: { status: 400, text: 'The document has more directives than is accepted.' },
  QUERY_TOO_COSTLY: { status: 400, text: 'The operation with its variables costs more than is accepted.' },
  LIST_TOO_LONG: { status: 400, text: 'A list, or a page that is asked for, is longer than is accepted.' },
  VARIABLES_TOO_LARGE: { status: 400, text: 'The variables are larger or deeper than is accepted.' },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 200,
    text: 'No document is known by this hash; send it once together with its text.',
  },
  BAD_USER_INPUT: { status: 400, text: 'An argument or variable has a value that is not accepted.' },
  RECEIPT_INVALID: { status: 400, text: 'What a read should come after is no receipt and no version.' },
  RECEIPT_UNKNOWN: { status: 400, text: 'No event in the log has this receipt.' },
  DOCUMENT_UNKNOWN: { status: 404, text: 'There is no trusted document of this id.' },
  DOCUMENTS_INVALID: { status: 500, text: 'Trusted documents have mistakes; all of them are listed.' },
  SUPERGRAPH_INVALID: { status: 500, text: 'The supergraph cannot be used; the message names the line.' },
  SEGMENT_UNKNOWN: { status: 404, text: 'There is no segment with this key.' },
  SUBSCRIBER_TOO_SLOW: {
    status: 429,
    text: 'Changes came faster than the subscriber took them; it was closed.',
  },
  SUBGRAPH_FAILED: { status: 200, text: 'A part of the graph did not answer; its fields are null.' },

  TEMPLATE_UNKNOWN: { status: 404, text: 'There is no e-mail template of that name.' },
  RECIPIENT_UNKNOWN: { status: 404, text: 'Nobody is known by that identifier.' },
  TEMPLATE_INVALID: { status: 500, text: 'The template or its query does not compile.' },

  CONFIG_INVALID: { status: 500, text: 'The configuration has mistakes; all of them are listed.' },
  PORT_IN_USE: { status: 500, text: 'The port is taken by another process.' },
  DATA_DIR_LOCKED: { status: 500, text: 'Another process has the data folder open.' },
  DATA_DIR_NEWER: { status: 500, text: 'The data folder was written by a newer version of Monogram.' },
  STORAGE_NEWER: {
    status: 500,
    text: 'The database was brought up to date by a much newer version of Monogram.',
  },
  DATA_DIR_NOT_EMPTY: { status: 400, text: 'A backup is restored into an empty data folder only.' },
  BACKUP_TARGET_EXISTS: { status: 400, text: 'The folder that a backup should go into is there already.' },
  BACKUP_FAILED: { status: 500, text: 'The backup could not be written; nothing of it is left.' },
  BACKUP_INVALID: { status: 400, text: 'The folder is no whole backup, or not as it was written.' },
  STORAGE_UNAVAILABLE: { status: 503, text: 'The store cannot be read or written now.' },

  IMPORT_FILE_UNREADABLE: { status: 400, text: 'The file cannot be read, or is cut short.' },
  IMPORT_MAPPING_INVALID: { status: 400, text: 'The mapping is not valid.' },
  IMPORT_COLUMN_MISSING: { status: 400, text: 'The file lacks a column that the mapping names.' },
  IMPORT_ROW_INVALID: {
    status: 400,
    text: 'A row cannot be turned into an event; it is in the file of rejected rows.',
  },
  IMPORT_INTERRUPTED: {
    status: 503,
    text: 'The import was stopped before its end; started again, it goes on from there.',
  },
  REPLAY_INTERRUPTED: {
    status: 503,
    text: 'The replay was stopped before its end; started again, it goes on from there.',
  },
  RETAIN_INTERRUPTED: {
    status: 503,
    text: 'Deleting old events was stopped before its end; started again, it goes on from there.',
  },
  USAGE: { status: 400, text: 'The command line is not understood.' },
  KEY_NAME_INVALID: { status: 400, text: 'A key needs a name of 1 to 80 characters.' },
  KEY_SCOPE_UNKNOWN: { status: 400, text: 'The scope is not one that is known.' },
  KEY_UNKNOWN: { status: 404, text: 'There is no key of that id.' },
  LINK_UNKNOWN: { status: 404, text: 'No event has linked these identifiers, so there is nothing to undo.' },
  IDENTITY_RULES_INVALID: {
    status: 400,
    text: 'The rules of identity have mistakes; all of them are listed.',
  },
} as const satisfies Record<string, { status: number; text: string }>

export type ErrorCode = keyof typeof ERRORS

/** An error that may be shown to whoever caused or met it: what was given, what was expected, what to do. */
export class MonogramError extends Error {
  override readonly name = 'MonogramError'
  readonly code: ErrorCode
  readonly details: Record<string, unknown>

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}

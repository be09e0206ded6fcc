/** The store could not answer: the effect of the call is unknown. `retryable` says whether trying later may help. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly retryable: boolean
  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.retryable = options.retryable
  }
}

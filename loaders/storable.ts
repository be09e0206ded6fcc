import { MAX_IDENTITY_LENGTH, UNSAFE_TEXT } from '../core/identity/identity-value.ts'

/** Whether a store can have something under this id: it is not asked for what it could not have been given. */
export function isStorableId(id: string): boolean {
  return id.length > 0 && id.length <= MAX_IDENTITY_LENGTH && !UNSAFE_TEXT.test(id)
}

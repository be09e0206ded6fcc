import type { Principal } from './principal.ts'

/** A text by which the doors between Monogram's own processes know that one of them calls, and on whose behalf. */
export type SignCaller = (principal: Principal) => string

/** `refused` says what is wrong with the text, for whoever set the processes up. */
export type CallerCheck = { kind: 'known'; principal: Principal } | { kind: 'refused'; why: string }
export type CheckCaller = (token: string | undefined) => CallerCheck

/** The header that carries it; in the messages of a subscription, the member of `extensions`. */
export const CALLER_HEADER = 'x-monogram-caller'
/** Milliseconds that the caller still waits. */
export const DEADLINE_HEADER = 'x-deadline-ms'
/** What the answer must show at least: receipts and versions. */
export const AFTER_HEADER = 'x-monogram-after'

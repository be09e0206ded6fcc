/** Waits until the schedule says that it goes on. */
export type Step = (label: string) => Promise<void>

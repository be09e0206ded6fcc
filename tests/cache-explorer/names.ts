/** Of entities. */
export const IDS = ['x', 'y']

/** By which they are looked for. */
export const KEYS = ['mail', 'phone']

/** Of those who ask. */
export const CLASSES = ['a', 'b']

/**
 * The version of the fold: raised whenever the same events would give another state than before. A trail that an
 * older fold made is folded anew, from the log, when its next event comes, or by a replay.
 */
export const FOLD_VERSION = 3

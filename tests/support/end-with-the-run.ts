/*
 * Loaded before each file of tests that have a process of their own: without it that process goes on to its end, and
 * starts others, when the run that it belongs to was interrupted.
 */
process.once('disconnect', () => process.exit(1))

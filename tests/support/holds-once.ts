/**
 * For what is promised of time: whoever shares the machine may take its cores away for longer than any bound. What is
 * late for that reason holds another time; what is late each time is broken, and its last failure is thrown. What time
 * has no part in is to be asserted outside, where it must hold each time.
 */
export async function holdsOnce(attempt: () => Promise<void>, tries = 3): Promise<void> {
  for (let left = tries - 1; ; left--) {
    try {
      return await attempt()
    } catch (failure) {
      if (left === 0) throw failure
    }
  }
}

/**
 * Many writers raise one counter by compare-and-set, each again until it has won its share: with a lost update the
 * counter ends below the number of writes that were told to have taken effect.
 */
export async function incrementByMany(counter: {
  read: () => Promise<number>
  write: (count: number) => Promise<boolean>
}): Promise<{ attempts: number; last: number }> {
  const raise = async (): Promise<void> => {
    for (let won = 0; won < WINS_EACH;) {
      if (await counter.write((await counter.read()) + 1)) won++
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, raise))
  return { attempts: WRITERS * WINS_EACH, last: await counter.read() }
}

const WRITERS = 8
const WINS_EACH = 5

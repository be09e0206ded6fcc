export type Variables = Readonly<Record<string, unknown>>

/** A number that is known with the document, or one that variables decide. What needs no variables is added up once. */
export type Amount = number | ((variables: Variables) => number)

export function amountWith(amount: Amount, variables: Variables): number {
  return typeof amount === 'number' ? amount : amount(variables)
}

export function sum(amounts: readonly Amount[]): Amount {
  return combined(amounts, 0, (a, b) => a + b)
}

export function largest(amounts: readonly Amount[]): Amount {
  return combined(amounts, 0, Math.max)
}

export function product(a: Amount, b: Amount): Amount {
  if (a === 0 || b === 0) return 0
  return combined([a, b], 1, (x, y) => x * y)
}

/** The amount, where each variable is what is wanted, else nothing. */
export function onlyWhen(
  amount: Amount,
  conditions: readonly { variable: string; wanted: boolean }[],
): Amount {
  if (conditions.length === 0 || amount === 0) return amount
  return (variables) =>
    conditions.every(({ variable, wanted }) => variables[variable] === wanted)
      ? amountWith(amount, variables)
      : 0
}

function combined(
  amounts: readonly Amount[],
  neutral: number,
  combine: (a: number, b: number) => number,
): Amount {
  let fixed = neutral
  const open: ((variables: Variables) => number)[] = []
  for (const amount of amounts) {
    if (typeof amount === 'number') fixed = combine(fixed, amount)
    else open.push(amount)
  }
  if (open.length === 0) return fixed
  return (variables) => {
    let total = fixed
    for (const amount of open) total = combine(total, amount(variables))
    return total
  }
}

import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'

export interface Person {
  firstName: string
  lastName: string
  email: string
  /** The anonymous id of this person's web browser. */
  browserId: string
}

/** The people of the retail demo store in file order, each e-mail address and each name once. */
export async function readPeople(path: string): Promise<Person[]> {
  const users = JSON.parse(gunzipSync(await readFile(path)).toString()) as User[]
  const seen = new Set<string>()
  return users
    .filter(({ email, name }) => {
      const isNew = !seen.has(email) && !seen.has(name)
      seen.add(email).add(name)
      return isNew
    })
    .map((user) => ({
      firstName: user.first_name,
      lastName: user.last_name,
      email: user.email,
      browserId: user.platforms.web.anonymous_id,
    }))
}

interface User {
  first_name: string
  last_name: string
  name: string
  email: string
  platforms: { web: { anonymous_id: string } }
}

import { register } from 'node:module'

/*
 * Given to a process by `node --import`: it then is of the next version, whatever else it is. Its fold is the next one, a
 * profile has one more field that may be null, and its gateway plans with the supergraph in TEST_NEXT_SUPERGRAPH.
 */
register(
  `data:text/javascript,${encodeURIComponent(`
    const changes = {
      '/core/profile/fold-version.js': [/FOLD_VERSION = (\\d+)/, (_, version) => 'FOLD_VERSION = ' + (Number(version) + 1)],
      '/schema/generated/profiles.js': [/firstName: String/, (field) => 'middleName: String\\\\n  ' + field],
      '/cli/serve-graph.js': [/join\\(root, 'schema', 'supergraph.graphql'\\)/, () => 'process.env.TEST_NEXT_SUPERGRAPH'],
    }
    export async function load(url, context, next) {
      const loaded = await next(url, context)
      const change = Object.entries(changes).find(([path]) => url.endsWith(path))?.[1]
      if (!change) return loaded
      const source = String(loaded.source).replace(...change)
      if (source === String(loaded.source)) throw new Error(url + ' is not what the next version is made of')
      return { ...loaded, source }
    }
  `)}`,
)

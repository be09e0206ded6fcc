import { register } from 'node:module'

/* Given to a process by `node --import`: it then has the fold of the next version, whatever else it is. */
register(
  `data:text/javascript,${encodeURIComponent(`
    export async function load(url, context, next) {
      const loaded = await next(url, context)
      if (!url.endsWith('/core/profile/fold-version.js')) return loaded
      const source = String(loaded.source).replace(/FOLD_VERSION = (\\d+)/, (_, version) => 'FOLD_VERSION = ' + (Number(version) + 1))
      return { ...loaded, source }
    }
  `)}`,
)

import type { Resolvers } from '../../schema/generated/recommendations.ts'
import { boundedInt, boundedList } from '../bad-input.ts'
import type { RecommendationsContext } from './context.ts'
import { recommend } from './recommend.ts'

const MAX_EXCLUDED = 500

export const resolvers: Resolvers<RecommendationsContext> = {
  Profile: {
    async recommendations({ id }, { first, exclude }, context) {
      const count = boundedInt('first', first, { fallback: 4, min: 1, max: 50 })
      const excluded = new Set(boundedList('exclude', exclude ?? [], MAX_EXCLUDED))
      const profile = await context.loaders.profiles.load(id)
      return profile && recommend(profile.view, count, excluded, context)
    },
  },
}

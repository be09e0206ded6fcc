import { describeFeedContract } from '../contract.ts'
import { createMemoryFeed } from './feed.ts'

describeFeedContract('the memory feed', () => Promise.resolve(createMemoryFeed()))

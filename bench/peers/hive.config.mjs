import { defineConfig } from '@graphql-hive/gateway'
import { unifiedGraphHandler } from '@graphql-hive/router-runtime'

/** Hive Gateway with the query planner of Hive Router, which is written in Rust. */
export const gatewayConfig = defineConfig({ unifiedGraphHandler })

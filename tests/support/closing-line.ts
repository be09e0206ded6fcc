import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends a run with why tests were left out, and one plain line that a machine can read: `N passed, N failed, N skipped`.
 */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errorsOutsideOfTests: readonly unknown[]): void {
    const leftOut: string[] = []
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        count[test.result().state]++
        if (test.name.includes('(left out: ')) leftOut.push(`${test.fullName}\n`)
      }
      // A file that could not be loaded has no tests, and must not look like success.
      if (module.state() === 'failed' && module.errors().length > 0) count.failed++
    }
    // Nor may what fails a run without failing a test.
    count.failed += errorsOutsideOfTests.length
    process.stdout.write(
      `\n${leftOut.join('')}${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped\n`,
    )
  }
}

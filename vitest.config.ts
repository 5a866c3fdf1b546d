/** Which tests are there, and how long may each kind take? */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // The addon and the worker threads are loaded as in production, so a test file has a process of its own.
    pool: 'forks',
    // No time is a promise: these only end what hangs, on a machine that is busy and slow as well.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'native/fmindex-node/*.test.ts',
            'bench/**/*.test.mjs',
            'scripts/**/*.test.mjs',
            'web/src/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
        },
      },
    ],
  },
})

import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { ORCH_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    setupFiles: ['test/setup.ts'],
    restoreMocks: true,
    unstubEnvs: true,
    // Every suite starts from a machine's git without its user's habits.
    env: { GIT_CONFIG_NOSYSTEM: '1' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'action-templates/**/*.test.ts', 'test/architecture/*.test.ts'],
          testTimeout: 15_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/docs/**/*.test.ts'],
          globalSetup: ['test/e2e/build.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'conformance',
          include: ['test/conformance/*.test.ts'],
          globalSetup: ['test/e2e/build.ts'],
          // The first check of a table waits for the run that all of them look at.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

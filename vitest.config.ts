import { defineConfig } from 'vitest/config';

const E2E = { globalSetup: ['test/e2e/build.ts'], testTimeout: 90_000, hookTimeout: 90_000 };

/** What these find at the engine, any other run would remove: they want it for themselves. */
const ALONE = ['test/e2e/docker-leftovers.test.ts'];

export default defineConfig({
  define: { ORCH_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    setupFiles: ['test/setup.ts'],
    // Left to itself vitest keeps one processor free; most of these tests wait for processes.
    maxWorkers: '100%',
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
          ...E2E,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/docs/**/*.test.ts'],
          exclude: ALONE,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { ...E2E, name: 'e2e-alone', include: ALONE, sequence: { groupOrder: 2 } } },
      {
        extends: true,
        test: {
          name: 'conformance',
          sequence: { groupOrder: 3 },
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

import { defineConfig } from 'vitest/config';

// Projects: unit runs in under a minute and needs nothing but Node; the others bring their own set-up (test/setup/).
const common = { pool: 'forks' as const, maxWorkers: 2, isolate: false, testTimeout: 30_000 };

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/house/**/*.test.ts', 'test/wire/**/*.test.ts'],
          exclude: ['**/*.pg.test.ts', '**/*.peer.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          ...common,
          name: 'peers',
          include: [
            'src/**/*.pg.test.ts',
            'src/**/*.peer.test.ts',
            'test/peers/**/*.test.ts',
            'test/compat/**/*.test.ts',
            'test/clients/**/*.test.ts',
          ],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          isolate: true,
        },
      },
      {
        test: {
          ...common,
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
          isolate: true,
          maxWorkers: 1,
        },
      },
    ],
  },
});

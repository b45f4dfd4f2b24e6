import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/{judge,suite}/**/*.test.ts'],
    // Instrumented code takes more stack and time than the code itself; simulations take seconds each.
    testNamePattern: '^(?!.*exhaust the stack|noisy trials)',
    testTimeout: 300_000,
  },
});

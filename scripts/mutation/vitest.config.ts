import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/{judge,suite}/**/*.test.ts'],
    // Instrumented code takes more stack and a hundred times as long: simulations would take minutes each.
    testNamePattern:
      '^(?!.*(?:exhaust the stack|noisy trials|every time$|as often as it says$|normal approximation$))',
    // A change is switched on in a running process: modules need not be loaded anew for each.
    isolate: false,
    testTimeout: 300_000,
  },
});

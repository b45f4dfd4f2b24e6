import { defineConfig } from 'vitest/config';

const second = 1000;

export default defineConfig({
  test: {
    // A test that waits for a person or a network would hang a run: fail it instead.
    hookTimeout: 60 * second,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Simulations take three seconds of an idle processor.
          testTimeout: 30 * second,
          // A process for each of hundreds of files takes twice as long as all that is in them.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/setup/test-machine.ts'],
          testTimeout: 60 * second,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/setup/test-machine.ts'],
          testTimeout: 180 * second,
        },
      },
    ],
    // Two files at a time, whatever the machine: integration and e2e start QEMU, containers and VMs,
    // and their deadlines hold for two of those beside each other.
    maxWorkers: 2,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // An emulated command takes its time.
    testTimeout: 60_000,
    provide: {
      archparity: {
        subject: { image: process.env['IMAGE'] ?? 'oci:image' },
        lanes: ['native', 'emulated'],
      },
    },
  },
});

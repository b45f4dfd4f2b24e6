// What the tools of an image do, on every lane that vitest.config.ts names.
import { describe, expect } from 'vitest';
import { parity } from 'archparity/vitest';

parity('sqlite computes', async ({ lane }) => {
  const answer = await lane.run({ run: ['sqlite3', ':memory:', 'select 6 * 7'] });
  expect(answer).toMatchObject({ exit: 0, stdout: '42\n' });
});

describe('jq', () => {
  parity('sorts keys', async ({ lane }) => {
    const sorted = await lane.run({ run: ['jq', '--sort-keys', '.'], stdin: '{"b":1,"a":[2]}' });
    expect(sorted.exit).toBe(0);
    expect(sorted).toMatchLane('native');
    await expect(sorted).toMatchSharedSnapshot();
  });

  parity('says what it cannot read', async ({ lane }) => {
    const failed = await lane.run({ run: ['jq', '.'], stdin: '{', compare: ['exit', 'stderr'] });
    expect(failed.exit).not.toBe(0);
    expect(failed).toMatchLane('native');
  });
});

parity('a shell writes the same files', async ({ lane }) => {
  const written = await lane.run({
    run: 'seq 3 >/tmp/numbers && chmod 600 /tmp/numbers',
    compare: ['exit', 'files'],
  });
  expect(written.files?.map(({ path }) => path)).toContain('/tmp/numbers');
  expect(written).toMatchLane('native');
});

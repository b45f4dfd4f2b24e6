import { expect, it, test } from 'vitest';
import { compareVersions, shortVersion } from '../../../../src/app/bisect/qemu-version.ts';

test.each([
  ['7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)', '7.2.22'],
  ['8.2.2 (Debian 1:8.2.2+ds-0ubuntu1)', '8.2.2'],
  ['11.1.0-rc1', '11.1.0-rc1'],
  ['10.0.50 (v10.0.0-123-gabcdef)', '10.0.50'],
  ['unknown', 'unknown'],
])('%s is %s', (version, short) => {
  expect(shortVersion(version)).toBe(short);
});

it('orders by numbers, a release after its candidates', () => {
  const sorted = [
    '5.2.0 (Debian)',
    '7.2.9',
    '7.2.22 (Debian)',
    '10.0.2',
    '11.1.0-rc1',
    '11.1.0-rc2',
    '11.1.0',
  ];
  for (const shuffled of [sorted.toReversed(), sorted.toSorted()])
    expect(shuffled.toSorted(compareVersions)).toEqual(sorted);
});

it('keeps the order of builds of one version', () => {
  expect(compareVersions('7.2.22 (Debian b)', '7.2.22 (a)')).toBe(0);
});

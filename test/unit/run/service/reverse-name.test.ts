import { expect, it } from 'vitest';
import { reverseName } from '../../../../src/run/service/reverse-name.ts';

const zeros = (count: number): string => '0.'.repeat(count);

it.each([
  ['10.1.2.3', '3.2.1.10.in-addr.arpa'],
  // The example of RFC 3596, 2.5.
  [
    '4321:0:1:2:3:4:567:89ab',
    'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa',
  ],
  ['::1', `1.${zeros(31)}ip6.arpa`],
  ['::', `${zeros(32)}ip6.arpa`],
  ['FD00::', `${zeros(30)}d.f.ip6.arpa`],
  ['fe80::1%eth0', `1.${zeros(28)}8.e.f.ip6.arpa`],
  ['64:ff9b::192.0.2.33', `1.2.2.0.0.0.0.c.${zeros(16)}b.9.f.f.4.6.0.0.ip6.arpa`],
  ['::ffff:192.0.2.33', '33.2.0.192.in-addr.arpa'],
  ['3.2.1.10.in-addr.arpa.', '3.2.1.10.in-addr.arpa'],
])('finds %s under %s', (address, name) => {
  expect(reverseName(address)).toBe(name);
});

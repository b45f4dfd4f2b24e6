import { isIP } from 'node:net';

/** The name under which an address is found (RFC 1035, 3.5; RFC 3596, 2.5); of a name itself, without a final dot. */
export function reverseName(address: string): string {
  switch (isIP(address)) {
    case 4:
      return reverseIpv4(address.split('.'));
    case 6:
      return reverseIpv6(nibblesOf(address));
    default:
      return address.replace(/\.$/, '');
  }
}

function reverseIpv4(bytes: readonly string[]): string {
  return `${bytes.toReversed().join('.')}.in-addr.arpa`;
}

function reverseIpv6(nibbles: string): string {
  const bytes = /^0{20}f{4}(..)(..)(..)(..)$/.exec(nibbles)?.slice(1);
  // An IPv4 address in the clothes of an IPv6 one (RFC 4291, 2.5.5.2) has its own name, as goss has it.
  if (bytes !== undefined) return reverseIpv4(bytes.map((byte) => String(parseInt(byte, 16))));
  return `${Array.from(nibbles).toReversed().join('.')}.ip6.arpa`;
}

/** The 32 hexadecimal digits of an IPv6 address. */
function nibblesOf(address: string): string {
  // URLs have no zone, and write the IPv4 address at the end of one in hexadecimal digits, too.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const [first = [], last = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join('');
}

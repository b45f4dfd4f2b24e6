/**
 * Prints a suite in which apt, in the guest, installs from the mirror of this machine's own apt and verifies it:
 * suites/platform.yaml names no host, so what needs one is made here.
 *
 *     node scripts/write-mirror-suite.ts >FILE
 */
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { findMirror } from '../src/store/index.ts';

const SUITE = 'bookworm';

const script = [
  'set -e',
  'rm -rf /etc/apt/sources.list.d/*',
  `echo "deb $MIRROR ${SUITE} main" >/etc/apt/sources.list`,
  'apt-get update -q >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }',
  'apt-get install -y -q hello python3-minimal >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }',
  'hello',
  `python3 -c 'print(sum(range(10)))'`,
  `dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' hello python3-minimal`,
];

console.log(
  stringify({
    version: 1,
    name: 'mirror',
    subject: { image: `oci:${resolve('build/images/platform')}:latest` },
    defaults: { timeout: '600s', network: 'host' },
    cases: [
      {
        name: 'apt installs from the mirror of this machine',
        env: { MIRROR: await findMirror(SUITE) },
        run: script.join('\n'),
        expect: { exit: 0, stdout: { contains: 'hello installed' } },
      },
    ],
  }),
);

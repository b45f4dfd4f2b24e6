import { describe, expect, it } from 'vitest';
import {
  isLoopback,
  readRegistryName,
  writeRegistryName,
} from '../../../../src/image/transports/registry-name.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

describe('readRegistryName', () => {
  it.each([
    ['debian', 'docker.io', 'docker.io/library/debian:latest'],
    ['debian:12', 'docker.io', 'docker.io/library/debian:12'],
    ['index.docker.io/debian', 'docker.io', 'docker.io/library/debian:latest'],
    ['team/app', 'docker.io', 'docker.io/team/app:latest'],
    ['localhost/app', 'localhost', 'localhost/app:latest'],
    ['localhost:5000/app:1', 'localhost:5000', 'localhost:5000/app:1'],
    ['ghcr.io/a/b/c:v1.2', 'ghcr.io', 'ghcr.io/a/b/c:v1.2'],
    [`debian@${DIGEST}`, 'docker.io', `docker.io/library/debian@${DIGEST}`],
    [`h:1/app:2@${DIGEST}`, 'h:1', `h:1/app@${DIGEST}`],
  ])('reads %s', (text, host, full) => {
    const name = readRegistryName(text);
    expect([name.host, writeRegistryName(name)]).toEqual([host, full]);
  });
});

describe('isLoopback', () => {
  it('knows this machine', () => {
    const hosts = [
      'localhost',
      'localhost:5000',
      '127.0.1.1:1',
      '[::1]:5',
      'localhost.example',
      '1.2.3.4',
    ];
    expect(hosts.filter(isLoopback)).toEqual(hosts.slice(0, 4));
  });
});

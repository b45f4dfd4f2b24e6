import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchParityError } from '../../../src/core/index.ts';
import { isWrittenReference, parseReference } from '../../../src/image/index.ts';

describe('parseReference', () => {
  it.each([
    ['/bin/app', '/bin/app'],
    ['./app', '/project/app'],
    ['../app', '/app'],
    ['./a:b', '/project/a:b'],
  ])('takes %s as a program', (text, path) => {
    expect(parseReference(text, '/project')).toEqual({ kind: 'binary', text, path });
  });

  it.each([
    ['dir:rootfs', { transport: 'dir', location: '/project/rootfs' }],
    ['dir:/a:b', { transport: 'dir', location: '/a:b' }],
    ['oci:build/app', { transport: 'oci', location: '/project/build/app' }],
    ['oci:/x:1.2', { transport: 'oci', location: '/x', tag: '1.2' }],
    [
      'oci:x:docker.io/app:1.2',
      { transport: 'oci', location: '/project/x', tag: 'docker.io/app:1.2' },
    ],
    ['oci-archive:a.tar:t', { transport: 'oci-archive', location: '/project/a.tar', tag: 't' }],
    ['docker-archive:a.tar', { transport: 'docker-archive', location: '/project/a.tar' }],
    ['docker-daemon:app:1', { transport: 'docker-daemon', location: 'app:1' }],
    ['containers-storage:app', { transport: 'containers-storage', location: 'app' }],
    ['docker://ghcr.io/a/b:1', { transport: 'docker', location: 'ghcr.io/a/b:1' }],
    ['localhost:5000/app:1', { transport: 'name', location: 'localhost:5000/app:1' }],
    ['alpine:3.20', { transport: 'name', location: 'alpine:3.20' }],
    [
      `app@sha256:${'a'.repeat(64)}`,
      { transport: 'name', location: `app@sha256:${'a'.repeat(64)}` },
    ],
  ])('takes %s as an image', (text, expected) => {
    expect(parseReference(text, '/project')).toEqual({ kind: 'image', text, ...expected });
  });

  it.each([
    '',
    'oci:',
    'oci::tag',
    'oci:x:',
    'dir:',
    'docker://',
    'two words',
    'a\0b',
    '-app',
    'a//b',
  ])('refuses %j', (text) => {
    expect(() => parseReference(text, '/project')).toThrow(
      expect.objectContaining({ code: 'REFERENCE_INVALID', exitCode: 2 }),
    );
  });

  it('throws nothing but errors for users', () => {
    const transport = fc.constantFrom('', 'oci:', 'dir:', 'docker://', 'docker-archive:', './');
    fc.assert(
      fc.property(transport, fc.string({ unit: 'binary-ascii' }), (prefix, rest) => {
        try {
          parseReference(prefix + rest, '/project');
        } catch (error) {
          expect(error).toBeInstanceOf(ArchParityError);
        }
      }),
    );
  });
});

describe('isWrittenReference', () => {
  it.each([
    ...['/a', './a', '../a', 'dir:a', 'oci:a', 'oci-archive:a', 'docker-archive:a'],
    ...['docker-daemon:a', 'containers-storage:a', 'docker://a'],
  ])('takes %s for one', (text) => {
    expect(isWrittenReference(text)).toBe(true);
  });

  it.each(['alpine:3.20', 'app/starts', 'a:b', '.hidden', 'docker:28', ''])(
    'leaves %j open',
    (text) => {
      expect(isWrittenReference(text)).toBe(false);
    },
  );
});

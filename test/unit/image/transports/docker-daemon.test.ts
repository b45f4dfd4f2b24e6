import { describe, expect, it } from 'vitest';
import {
  explainDaemonFailure,
  readDaemonImage,
} from '../../../../src/image/transports/docker-daemon.ts';

const ID = `sha256:${'1'.repeat(64)}`;
const read = (image: object) => readDaemonImage(JSON.stringify([image]), 'app:1');

describe('readDaemonImage', () => {
  it('reads an image of one platform', async () => {
    const origin = `host/app@sha256:${'2'.repeat(64)}`;
    const image = read({
      Id: ID,
      Os: 'linux',
      Architecture: 'arm64',
      Variant: 'v8',
      RepoDigests: [origin],
      Size: 5,
    });
    expect(image).toMatchObject({ id: ID, name: 'app:1', platforms: ['linux/arm64/v8'] });
    expect(await image.origins()).toEqual([origin]);
  });

  it('does not trust the platform of a store that holds several', () => {
    const common = { Id: ID, Os: 'linux', Architecture: 'amd64' };
    expect(read({ ...common, Descriptor: { digest: ID } }).platforms).toBeUndefined();
    expect(read({ ...common, RepoDigests: [`app@${ID}`] }).platforms).toBeUndefined();
    expect(read({ ...common, Descriptor: null, RepoDigests: [] }).platforms).toEqual([
      'linux/amd64',
    ]);
  });

  it('refuses what is no image', () => {
    expect(() => readDaemonImage('[]', 'app:1')).toThrow('its client printed no image for app:1');
    expect(() => readDaemonImage('no', 'app:1')).toThrow('its client printed no image');
  });
});

describe('explainDaemonFailure', () => {
  it.each([
    ['Error: No such image: app:1', 'IMAGE_NOT_FOUND'],
    ['Error response from daemon: No such image: app:1', 'IMAGE_NOT_FOUND'],
    ['permission denied while trying to connect to the Docker daemon socket', 'DAEMON_FORBIDDEN'],
    [
      'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
      'DAEMON_UNREACHABLE',
    ],
    [
      'Failed to initialize: unable to resolve docker endpoint: context "x": not found',
      'DAEMON_UNREACHABLE',
    ],
  ])('tells %s', (stderr, code) => {
    expect(explainDaemonFailure({ stderr, timedOut: false }, 'app:1').code).toBe(code);
  });

  it('does not wait for ever', () => {
    const { message } = explainDaemonFailure({ stderr: '', timedOut: true }, 'app:1');
    expect(message).toContain('it did not answer within 20 s');
  });
});

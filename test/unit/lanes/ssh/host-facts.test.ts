import { describe, expect, it } from 'vitest';
import { readHostFacts } from '../../../../src/lanes/ssh/host-facts.ts';
import { hostMaps } from '../../../../src/lanes/ssh/host-maps.ts';

const LINES = [
  'machine aarch64',
  'system Linux',
  'kernel 6.12.1-v8',
  'uid 1000',
  'gid 1000',
  'user pi',
  'home /home/pi',
  'path /usr/bin:/bin',
  'runtime ',
  'dockerVariable DOCKER_HOST=unix:///run/user/1000/docker.sock',
  'state /home/pi/.cache/archparity/remote',
  'freeKiB 1234',
  'freeInodes -',
  'tool crun /usr/bin/crun',
  'tool podman podman',
  'tool newuidmap /usr/bin/newuidmap',
  'tool newgidmap /usr/bin/newgidmap',
  'uidMap 0          0 4294967295',
  'gidMap 0          0 4294967295',
  'subuid pi:100000:65536',
  'subgid pi:200000:65536',
];

describe('readHostFacts', () => {
  it('reads what the script tells', () => {
    expect(readHostFacts(LINES)).toEqual({
      machine: 'aarch64',
      system: 'Linux',
      kernel: '6.12.1-v8',
      uid: 1000,
      gid: 1000,
      user: 'pi',
      home: '/home/pi',
      path: '/usr/bin:/bin',
      runtimeDirectory: '',
      dockerEnvironment: { DOCKER_HOST: 'unix:///run/user/1000/docker.sock' },
      stateDirectory: '/home/pi/.cache/archparity/remote',
      freeKib: 1234,
      tools: {
        crun: '/usr/bin/crun',
        newuidmap: '/usr/bin/newuidmap',
        newgidmap: '/usr/bin/newgidmap',
      },
      uidMap: [{ inner: 0, outer: 0, count: 4294967295 }],
      gidMap: [{ inner: 0, outer: 0, count: 4294967295 }],
      subordinateUids: { start: 100000, count: 65536 },
      subordinateGids: { start: 200000, count: 65536 },
    });
  });

  it('passes a problem on', () => {
    expect(readHostFacts(['problem mkdir: Read-only file system ']).problem).toBe(
      'mkdir: Read-only file system',
    );
  });
});

describe('hostMaps', () => {
  const facts = readHostFacts(LINES);
  const single = { inner: 0, outer: 1000, count: 1 };

  it('tries the subordinate ids of a user, then the own one alone', () => {
    expect(hostMaps(facts)).toMatchObject([
      {
        uidMaps: [single, { inner: 1, outer: 100000, count: 65536 }],
        gidMaps: [single, { inner: 1, outer: 200000, count: 65536 }],
        mapTools: { newuidmap: '/usr/bin/newuidmap', newgidmap: '/usr/bin/newgidmap' },
      },
      { uidMaps: [single], gidMaps: [single] },
    ]);
  });

  it('tries the own id alone without the tools or the ids for more', () => {
    const { subordinateGids: _, ...without } = facts;
    expect(hostMaps(without)).toMatchObject([{ uidMaps: [single] }]);
    expect(hostMaps({ ...facts, tools: {} })).toMatchObject([{ uidMaps: [single] }]);
  });

  it('gives root all ids but one', () => {
    expect(hostMaps({ ...facts, uid: 0 })).toEqual([
      {
        uidMaps: [{ inner: 0, outer: 0, count: 4294967294 }],
        gidMaps: [{ inner: 0, outer: 0, count: 4294967294 }],
      },
    ]);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDeployment } from '../../../../src/app/inspect/read-deployment.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'read-compose-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function read(text: string, file = 'compose.yaml', env: Record<string, string> = {}) {
  const path = join(directory, file);
  writeFileSync(path, text);
  const { kind, uses, remarks } = await readDeployment({
    file,
    path,
    nodes: [
      { platform: 'linux/amd64', taints: [] },
      { platform: 'linux/arm64', taints: [] },
    ],
    buildPlatform: 'linux/amd64',
    buildArgs: {},
    env,
  });
  return {
    kind,
    uses: uses.map(({ user, image, mayRunOn }) => `${user}: ${image} for ${mayRunOn.join(' ')}`),
    remarks: remarks.map(({ severity, message }) => `${severity}: ${message}`),
  };
}

describe('readDeployment', () => {
  it('reads the services of a compose file', async () => {
    writeFileSync(join(directory, '.env'), '# tags\nTAG="16"\nOTHER=1\n');
    const text = `
x-common: &common {image: "db:\${TAG}"}
services:
  db: {<<: *common}
  pinned: {image: a, platform: linux/arm64}
  swarm: {image: b, deploy: {placement: {constraints: [node.platform.arch == x86_64, node.role == manager]}}}
  unset: {image: "c:\${NOBODY}"}
  none: {command: x}
  child: {extends: {service: db}}
`;
    expect(await read(text)).toEqual({
      kind: 'compose',
      uses: [
        'service db: db:16 for linux/amd64 linux/arm64',
        'service pinned: a for linux/arm64',
        'service swarm: b for linux/amd64',
      ],
      remarks: [
        'note: service pinned is pinned to linux/arm64: it runs emulated on linux/amd64',
        'warning: service unset: NOBODY has no value, so its image is not known',
        'warning: service none names no image',
      ],
    });
    expect((await read(text, 'compose.yaml', { TAG: '17' })).uses[0]).toBe(
      'service db: db:17 for linux/amd64 linux/arm64',
    );
  });

  it('reads the Dockerfiles that services are built from', async () => {
    writeFileSync(join(directory, 'Dockerfile'), 'ARG V=1\nFROM base:$V AS a\nFROM other\n');
    const { uses, remarks } = await read(`
services:
  plain: {build: ., image: pushed/later}
  more:
    build: {context: ., target: a, args: {V: 2}, platforms: [linux/arm64]}
  inline: {build: {dockerfile_inline: "FROM tiny"}}
  gone: {build: {context: nowhere}}
`);
    expect(uses).toEqual([
      'service plain, stage 1: other for linux/amd64 linux/arm64',
      'service more, stage a: base:2 for linux/arm64',
      'service inline, stage 0: tiny for linux/amd64 linux/arm64',
    ]);
    expect(remarks).toEqual([
      'warning: service gone is built from nowhere/Dockerfile, which cannot be read',
    ]);
  });

  it('knows a Dockerfile by its name or by its content', async () => {
    for (const file of ['Dockerfile', 'app.Dockerfile', 'Dockerfile.cross', 'Containerfile'])
      expect((await read('# nothing\n', file)).kind).toBe('dockerfile');
    expect((await read('# x\n\nFROM a\n', 'build.txt')).kind).toBe('dockerfile');
  });

  it('refuses what is none of the three', async () => {
    await expect(read('a: 1\n')).rejects.toThrow(
      'compose.yaml is no Kubernetes manifest, compose file or Dockerfile.',
    );
    await expect(read('')).rejects.toThrow('is no Kubernetes manifest');
  });
});

// What an agent tells of a container, and of paths there, whatever their names hold.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SpawnSpec } from '../../../src/agent/index.ts';
import { openContainerFiles } from '../../../src/lanes/attempt/container-files.ts';
import { lookInside } from '../../../src/lanes/attempt/look-inside.ts';
import { readSurroundings } from '../../../src/lanes/attempt/read-surroundings.ts';
import { ENV, LANE, makeDirectory, openAgent, waitFor } from '../agent/agents.ts';

const WAITS: SpawnSpec = {
  argv: ['/bin/cat'],
  env: ENV,
  namespaces: ['pid', 'mount'],
  mounts: [{ kind: 'proc', target: '/proc' }],
};

async function openContainer(spec = WAITS) {
  const { client } = await openAgent(LANE);
  const running = Promise.withResolvers<undefined>();
  const main = client.spawn(spec, { onStarted: () => running.resolve(undefined) });
  await running.promise;
  const end = async (): Promise<void> => {
    main.kill();
    await main.outcome;
  };
  return { client, end, id: main.id, files: openContainerFiles(client, main.id) };
}

describe('paths in a container', () => {
  it('are told whole, whatever their names hold', async () => {
    const directory = await makeDirectory();
    const names = ['a\nentry 100644 0 0 1', 'b\\012', 'c\ncontent\n', 'ü'];
    for (const name of names) await mkdir(join(directory, name));
    await writeFile(Buffer.concat([Buffer.from(`${directory}/d`), Buffer.of(0xff, 0xfe)]), '');
    await writeFile(join(directory, 'file'), Buffer.of(0xff, 0x0a, 0x5c));
    await symlink('file', join(directory, 'link'));
    await symlink('x\ncontent\ny\\', join(directory, 'odd'));
    const { end, files } = await openContainer();
    expect(await files.list(directory)).toEqual([
      ...names.slice(0, 3),
      'd\ufffd\ufffd',
      'file',
      'link',
      'odd',
      'ü',
    ]);
    expect(await files.lookUp(directory)).toMatchObject({ type: 'directory' });
    expect(await files.lookUp(join(directory, 'odd'))).toMatchObject({
      type: 'symlink',
      linkTarget: 'x\ncontent\ny\\',
    });
    expect(await files.read(join(directory, 'odd'))).toBeUndefined();
    expect(await files.read(join(directory, 'link'))).toEqual(Buffer.of(0xff, 0x0a, 0x5c));
    expect(await files.lookUp(join(directory, 'nothing'))).toBeUndefined();
    await end();
  });

  it('are not said to be missing where the container has ended', async () => {
    const { end, files } = await openContainer();
    expect(await files.lookUp('/')).toMatchObject({ type: 'directory' });
    await end();
    const ended = { failure: { errno: 'ESRCH' } };
    await expect(files.lookUp('/etc')).rejects.toMatchObject(ended);
    await expect(files.read('/etc/passwd')).rejects.toMatchObject(ended);
  });

  it('are not said to be whole where the container ends meanwhile', async () => {
    const untold = { exits: [], output: { stdout: Buffer.from('entry 100644 0 0 1\n') } };
    const client = { run: () => Promise.resolve(untold as never) };
    await expect(lookInside(client, 7, '/file')).rejects.toMatchObject({
      failure: { errno: 'ESRCH', step: 'look inside spawn 7' },
    });
  });
});

describe('processes in a container', () => {
  it('have the names that they give themselves', async () => {
    const script = `process.title = 'two\\nlines\\\\012'; setInterval(() => {}, 1000)`;
    const { client, end, id } = await openContainer({
      ...WAITS,
      argv: [process.execPath, '-e', script],
    });
    const { processes } = await waitFor(
      async () => readSurroundings(await lookInside(client, id)),
      (seen) => seen.processes.includes('two\nlines\\012'),
    );
    expect(processes).toEqual(['two\nlines\\012']);
    await end();
  });
});

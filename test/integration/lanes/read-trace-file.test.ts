import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTraceFile } from '../../../src/lanes/local/watch-case.ts';
import { makeDirectory, openAgent } from '../agent/agents.ts';

it('tells a trace that was never begun from one that cannot be read', async () => {
  const { client } = await openAgent();
  const directory = await makeDirectory();
  const file = join(directory, 'log');
  expect(await readTraceFile(client, file)).toMatchObject({ text: '', truncated: false });
  await writeFile(file, '1 exit_group(0) = ?\n');
  expect((await readTraceFile(client, file)).text).toBe('1 exit_group(0) = ?\n');
  await expect(readTraceFile(client, directory)).rejects.toMatchObject({
    code: 'TRACE_UNREADABLE',
    message: expect.stringContaining('EISDIR') as unknown,
  });
});

it('says that the lane was lost instead of showing an empty trace', async () => {
  const agent = await openAgent();
  await agent.close();
  await expect(readTraceFile(agent.client, '/nowhere')).rejects.toMatchObject({
    code: 'AGENT_LOST',
  });
});

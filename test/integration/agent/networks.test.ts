import { describe, expect, it } from 'vitest';
import type { AgentClient } from '../../../src/agent/index.ts';
import { LANE, openAgent, shell } from './agents.ts';

const ISOLATED = {
  namespaces: ['pid', 'mount', 'net'],
  mounts: [
    { kind: 'proc', target: '/proc' },
    { kind: 'protect', target: '/proc/sys' },
  ],
} as const;

/** Which network namespace a spawn gets (its inode), and what its script prints besides. */
async function look(client: AgentClient, script = ':'): Promise<string[]> {
  const { output, failure } = await client.run({
    ...shell(`readlink /proc/self/ns/net; ${script}`),
    ...ISOLATED,
  });
  expect(failure).toBeUndefined();
  return output.stdout.toString().trim().split('\n');
}

describe('the network of a spawn', () => {
  it('is its own, and used again when nothing happened in it', async () => {
    const { client } = await openAgent(LANE);
    const [host = ''] = (await client.run(shell('readlink /proc/self/ns/net'))).output.stdout
      .toString()
      .split('\n');
    const first = await look(client, "sed -n 3p /proc/net/dev | cut -d: -f1 | tr -d ' '");
    expect(first[0]).not.toBe(host);
    expect(first[1]).toBe('lo');
    expect(await look(client)).toEqual([first[0]]);
  });

  it('is a new one after a packet', async () => {
    const { client } = await openAgent(LANE);
    const ping = 'busybox ping -c 1 127.0.0.1 >/dev/null && echo answered';
    const first = await look(client, ping);
    expect(first[1]).toBe('answered');
    // The inode of a namespace that is gone may come again, so what the counters say is looked at.
    const received = "sed -n 's/^ *lo: *\\([0-9]*\\) .*/\\1/p' /proc/net/dev";
    expect((await look(client, received))[1]).toBe('0');
  });

  it('is not shared by spawns that run at once, and cannot be set up', async () => {
    const { client } = await openAgent(LANE);
    const [one, two] = await Promise.all([look(client, 'sleep 0.3'), look(client, 'sleep 0.3')]);
    expect(one[0]).not.toBe(two[0]);
    const [, refused] = await look(
      client,
      'echo 1 2>/dev/null >/proc/sys/net/ipv4/ip_forward || echo refused',
    );
    expect(refused).toBe('refused');
  });
});

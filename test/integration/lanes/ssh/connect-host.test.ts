import { existsSync, mkdtempSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LaneSpec } from '../../../../src/core/index.ts';
import { connectHost, type HostConnection } from '../../../../src/lanes/ssh/connect-host.ts';
import { readSshSettings } from '../../../../src/lanes/ssh/ssh-settings.ts';
import {
  currentUser,
  makeKey,
  makeStateDirectory,
  startSshd,
  startWire,
  writeClientConfig,
  type ClientHost,
  type Sshd,
} from '../../../setup/sshd.ts';
import { cacheDirectory, machine } from '../lanes.ts';

const parent = machine.directory;

interface Wanted {
  readonly host?: string;
  readonly hosts: readonly ClientHost[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly platform?: 'linux/amd64' | 'linux/arm64';
}

/** Connects to the first of the hosts, with a state directory of the test. */
async function connectFor({ hosts, host, settings, platform }: Wanted): Promise<HostConnection> {
  const spec: LaneSpec = {
    id: 'ssh',
    kind: 'ssh',
    settings: {
      host: host ?? hosts[0]?.alias ?? '',
      config: writeClientConfig(parent, hosts),
      state: makeStateDirectory(parent),
      'connect-timeout': '10',
      ...settings,
    },
  };
  const connection = await connectHost(readSshSettings(spec), {
    cacheDir: cacheDirectory(),
    platform: platform ?? 'linux/amd64',
  });
  onTestFinished(() => connection.close());
  return connection;
}

const sshd = (more: Partial<Parameters<typeof startSshd>[0]> = {}): Promise<Sshd> =>
  startSshd({ parent, ...more });

describe('connectHost', () => {
  it('starts an agent in namespaces of its own over a key login', async () => {
    const { client, facts, namespaces } = await connectFor({
      hosts: [{ alias: 'pi', sshd: await sshd() }],
    });
    expect(client.hello).toMatchObject({ machine: 'x86_64', pid: 1, uid: 0 });
    expect(namespaces?.uidMaps).not.toEqual([]);
    expect(facts).toMatchObject({
      system: 'Linux',
      uid: currentUser().uid,
      tools: { crun: /crun/ },
    });
    expect(facts.freeKib).toBeGreaterThan(0);
    const outcome = await client.run({ argv: ['/bin/echo', 'hello'] });
    expect(outcome.stdout.toString()).toBe('hello\n');
  });
});

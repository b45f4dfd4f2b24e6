import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError } from '../../../core/index.ts';
import { createExec, quoteCommand, requireTool, startProcess } from '../../../process/index.ts';
import type { CommandLogger, RunningProcess } from '../../../process/index.ts';
import { createTempDir } from '../../../store/index.ts';
import type { NodeKeys } from './guest-files.ts';

/** The name of the node in the configuration of ssh that leads to it. */
export const NODE_ALIAS = 'archparity-node';

/** A directory that goes when we do, however we end: a shell beside us waits for the end of its stdin. */
export interface NodeDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

export async function makeNodeDirectory(logger?: CommandLogger): Promise<NodeDirectory> {
  const directory = await createTempDir({ prefix: 'archparity-node' });
  let janitor: RunningProcess;
  try {
    janitor = await startProcess('/bin/sh', ['-c', 'cat; rm -rf -- "$1"', 'sh', directory.path], {
      detached: true,
      stderr: 'ignore',
      ...(logger === undefined ? {} : { logger }),
    });
  } catch (error) {
    await directory.remove();
    throw error;
  }
  janitor.stdout.resume();
  return {
    path: directory.path,
    remove: async () => {
      janitor.stdin.end();
      await janitor.exited;
      await directory.remove();
    },
  };
}

/** Makes the keys of a node, of its own for each. @throws ArchParityError `TOOL_MISSING`, `SSH_KEY_FAILED` */
export async function makeKeys(directory: string, logger?: CommandLogger): Promise<NodeKeys> {
  const exec = createExec(logger === undefined ? {} : { logger });
  const keygen = await requireTool('ssh-keygen');
  const make = async (name: string): Promise<string> => {
    const file = join(directory, name);
    const words = ['-q', '-t', 'ed25519', '-N', '', '-C', NODE_ALIAS, '-f', file];
    const { exitCode, stderr } = await exec(keygen, words);
    if (exitCode === 0) return file;
    throw new ArchParityError({
      code: 'SSH_KEY_FAILED',
      message: `ssh-keygen made no key: ${stderr.trim()}.`,
      advice: 'See that there is room in the directory for temporary files (TMPDIR).',
    });
  };
  const [host, client] = await Promise.all([make('host_key'), make('identity')]);
  const [type = '', key = ''] = (await readFile(`${host}.pub`, 'utf8')).split(' ');
  await writeFile(join(directory, 'known_hosts'), `${NODE_ALIAS} ${type} ${key}\n`);
  return {
    hostKey: await readFile(host, 'utf8'),
    authorizedKey: await readFile(`${client}.pub`, 'utf8'),
  };
}

/** How ssh gets to a node. */
export interface NodeAccess {
  /** For ssh -F. */
  readonly config: string;
  /** A directory for PATH whose ssh has that configuration: docker starts the ssh that it finds there. */
  readonly bin: string;
}

/**
 * Writes the configuration that leads to a node, which reads nobody else's, and an ssh that uses it.
 * @param port - on 127.0.0.1
 */
export async function writeAccess(directory: string, port: number): Promise<NodeAccess> {
  const config = join(directory, 'config');
  const bin = join(directory, 'bin');
  const lines = [
    `Host ${NODE_ALIAS}`,
    '  HostName 127.0.0.1',
    `  Port ${String(port)}`,
    '  User root',
    `  HostKeyAlias ${NODE_ALIAS}`,
    `  IdentityFile ${join(directory, 'identity')}`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${join(directory, 'known_hosts')}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  UpdateHostKeys no',
    '  BatchMode yes',
    '  ConnectTimeout 30',
    // An emulated CPU takes a second for a handshake: what comes later goes through the first connection.
    `  ControlPath ${join(directory, 'control')}`,
    '',
  ];
  await writeFile(config, lines.join('\n'));
  await mkdir(bin);
  const ssh = join(bin, 'ssh');
  const command = quoteCommand([await requireTool('ssh'), '-F', config]);
  await writeFile(ssh, `#!/bin/sh\nexec ${command} "$@"\n`);
  await chmod(ssh, 0o755);
  return { config, bin };
}

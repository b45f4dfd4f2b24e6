// Machines that are broken on purpose: each is a user and mount namespace of a command's own.
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, DoctorReport } from '../../src/app/doctor.ts';
import { formatBinfmtEntry } from '../../src/lanes/emulated/binfmt-entry.ts';
import { findTool } from '../../src/process/index.ts';
import { makeDirectory, runCli, type Caller, type CliResult } from './cli.ts';

export const TABLE = '/proc/sys/fs/binfmt_misc';

/** The words of an entry for arm64, under the name `theirs`. */
export function handlerEntry(
  interpreter: string,
  { flags = 'POCF', mask }: { readonly flags?: string; readonly mask?: string } = {},
): string {
  const entry = formatBinfmtEntry({ name: 'theirs', platform: 'linux/arm64', interpreter, flags });
  if (mask === undefined) return entry;
  const fields = entry.split(':');
  fields[5] = mask.replaceAll(/../g, String.raw`\x$&`);
  return fields.join(':');
}

/**
 * A namespace in which shell commands have made something of the machine go wrong.
 * @param breakage - run by a root of its own, with the table of handlers in `$table`
 */
export function brokenHost(breakage: string): readonly string[] {
  // The PATH of the test may lack what the breaking needs.
  const script = `set -eu; table=${TABLE}; wanted=$PATH; PATH=/usr/sbin:/usr/bin:/sbin:/bin\n${breakage}\nPATH=$wanted; exec "$@"`;
  return [
    '/usr/bin/unshare',
    '--user',
    '--map-root-user',
    '--mount',
    '/bin/sh',
    '-c',
    script,
    'sh',
  ];
}

/** What the doctor looks for, but for what is optional and slow: machines, docker, podman. */
const TOOLS = [
  ...['sh', 'cat', 'rm', 'rmdir', 'mount', 'sysctl', 'unshare', 'setpriv', 'flock'],
  ...['newuidmap', 'newgidmap', 'qemu-aarch64-static', 'crun', 'umoci', 'skopeo', 'ssh'],
];

/** A directory for PATH with the tools of the doctor, some of them replaced by a script. */
export function makeToolPath(
  caller: Caller,
  scripts: Readonly<Record<string, string>> = {},
): string {
  const directory = makeDirectory(caller, 'tools');
  for (const tool of TOOLS) {
    const path = findTool(tool);
    if (path === undefined) throw new Error(`${tool} is not installed: run scripts/setup`);
    symlinkSync(path, join(directory, tool));
  }
  for (const [name, text] of Object.entries(scripts)) {
    rmSync(join(directory, name), { force: true });
    writeFileSync(join(directory, name), text, { mode: 0o755 });
  }
  return directory;
}

export interface Examined {
  readonly result: CliResult;
  readonly report: DoctorReport;
  readonly check: (id: string) => Check;
}

/** Runs `archparity doctor --json` in a namespace that is broken so. */
export async function examineBroken(
  caller: Caller,
  breakage: string,
  {
    args = [],
    env = {},
  }: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Examined> {
  const result = await runCli(caller, ['doctor', '--json', ...args], {
    through: brokenHost(breakage),
    env: { PATH: makeToolPath(caller), ...env },
  });
  if (!result.stdout.startsWith('{')) throw new Error(`${result.stdout}\n${result.stderr}`);
  const report = JSON.parse(result.stdout) as DoctorReport;
  return {
    result,
    report,
    check: (id) => {
      const found = report.checks.find((check) => check.id === id);
      if (found === undefined) throw new Error(`the doctor has no check ${id}`);
      return found;
    },
  };
}

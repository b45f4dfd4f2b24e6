import { listHosts, listImages, listLanes, listMachines, type ListedImages } from '../../app/ls.ts';
import { ExitCode, usageError } from '../../core/index.ts';
import { escapeControl } from '../../report/index.ts';
import type { Command } from '../command.ts';
import { commandLogger, type CommonOptions } from '../common-options.ts';
import { formatSize } from '../inspect-report/format-size.ts';

interface LsArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly json: boolean;
  readonly check: boolean;
}

type Row = readonly string[];

/** A list for programs and for people. */
interface Listing {
  readonly value: unknown;
  readonly head: Row;
  readonly rows: readonly Row[];
  /** When there are no rows. */
  readonly empty: string;
  /** Lines for stderr. */
  readonly remarks?: readonly string[];
}

const GAP = '  ';

/** Columns as wide as their widest cell. */
export function formatTable(rows: readonly Row[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(GAP))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function listOfImages({ images, unavailable }: ListedImages): Listing {
  return {
    value: { images, unavailable },
    head: ['IMAGE', 'PLATFORMS', 'WHERE', 'SIZE'],
    rows: images.map(({ name, platforms, place, size }) => [
      name,
      platforms.join(' '),
      place,
      size === undefined ? '' : formatSize(size),
    ]),
    empty: 'no images: neither docker nor podman nor the cache has one',
    remarks: unavailable.map(({ place, reason }) => `${place} was not asked: ${reason}`),
  };
}

async function list(what: string | undefined, options: LsArguments): Promise<Listing> {
  const cwd = process.cwd();
  const [, ...references] = options._;
  switch (what) {
    case 'images':
      return listOfImages(await listImages({ cwd, references, ...commandLogger(options) }));
    case 'lanes': {
      const lanes = await listLanes(cwd);
      return {
        value: lanes,
        head: ['LANE', 'KIND', 'PLATFORM', 'SETTINGS'],
        rows: lanes.map(({ name, kind, platform, settings, hosts }) => [
          name,
          kind,
          platform,
          hosts?.join(' ') ??
            Object.entries(settings)
              .filter(([key]) => key !== 'platform')
              .map(([key, value]) => `${key}=${value}`)
              .join(' '),
        ]),
        empty: '',
      };
    }
    case 'vms': {
      const machines = await listMachines();
      return {
        value: machines,
        head: ['VM', 'PLATFORM', 'STATE', 'PAGES', 'CPU', 'PID'],
        rows: machines.map(({ lane, platform, state, pages, cpu = '', pid }) => [
          lane,
          platform,
          state,
          pages,
          cpu,
          pid === undefined ? '' : String(pid),
        ]),
        empty: '',
      };
    }
    case 'hosts': {
      const hosts = await listHosts({ cwd, check: options.check, ...commandLogger(options) });
      return {
        value: hosts,
        head: ['HOST', 'LANE', 'PLATFORM', ...(options.check ? ['CPU', 'KERNEL'] : [])],
        rows: hosts.map(({ host, lane, platform, cpu = '', kernel = '', problem }) => [
          host,
          lane,
          platform,
          ...(options.check ? [problem ?? cpu, kernel] : []),
        ]),
        empty: 'no hosts: archparity.yaml names no ssh lane',
      };
    }
    default:
      throw usageError(
        'USAGE',
        what === undefined ? 'Name what to list.' : `ls has no list "${what}".`,
        'It has: images, lanes, vms, hosts.',
      );
  }
}

export const lsCommand: Command = {
  usage: 'ls images [REF…] | lanes | vms | hosts',
  describe: 'List images, lanes, microVMs or hosts with their CPU architecture.',
  examples: [
    ['archparity ls images', 'of the docker daemon, podman’s storage and the cache'],
    ['archparity ls images oci:build/app docker://nginx', 'the platforms of these'],
    ['archparity ls lanes', 'the built-in lanes and those of archparity.yaml'],
    ['archparity ls hosts --check', 'connect to each host and ask it'],
    ['archparity ls vms --json', 'for a program'],
  ],
  options: {
    check: {
      type: 'boolean',
      default: false,
      describe: 'Connect to hosts and say what they are',
    },
    json: { type: 'boolean', default: false, describe: 'Print the answer as JSON' },
  },
  run: async (argv) => {
    const options = argv as unknown as LsArguments;
    const [what, ...others] = options._;
    if (what !== 'images' && others.length > 0)
      throw usageError('USAGE', 'Name one list.', 'See archparity ls --help.');
    const { value, head, rows, empty, remarks = [] } = await list(what, options);
    if (options.json) {
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
      return ExitCode.ok;
    }
    const plain = rows.map((row) => row.map(escapeControl));
    if (rows.length > 0)
      process.stdout.write(formatTable(options.quiet ? plain : [head, ...plain]));
    else if (!options.quiet) process.stdout.write(`${empty}\n`);
    if (!options.quiet)
      for (const remark of remarks) process.stderr.write(`${escapeControl(remark)}\n`);
    return ExitCode.ok;
  },
};

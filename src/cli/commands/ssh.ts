import { checkSshHosts, cleanSshHosts, type HostReport } from '../../app/ssh-host.ts';
import { ExitCode, usageError } from '../../core/index.ts';
import type { Command } from '../command.ts';
import { commandLogger, type CommonOptions } from '../common-options.ts';

interface SshArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly json: boolean;
}

const MIB = 1024;

/** A report as lines of a fixed order. */
function formatReport(report: HostReport): string {
  const tools = Object.entries(report.tools).map(([name, path]) => `${name} (${path})`);
  const rows: readonly (readonly [string, string])[] = [
    ['host', report.host],
    ['user', report.user],
    ['platform', report.platform],
    ['kernel', report.kernel],
    ['page size', String(report.pageSize)],
    ['CPU', report.cpu],
    ['namespaces', report.namespaces ? 'yes' : `no (${report.reason ?? 'unknown'})`],
    ['tools', tools.length === 0 ? 'none' : tools.join(', ')],
    ['state', report.stateDirectory],
    ...(report.freeKib === undefined
      ? []
      : [['free there', `${String(Math.floor(report.freeKib / MIB))} MiB`] as const]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(11)} ${value}\n`).join('');
}

export const sshCommand: Command = {
  usage: 'ssh ACTION HOST',
  describe:
    'Look at a host that an ssh lane would use (check), or remove what archparity keeps there (clean).',
  examples: [
    ['archparity ssh check pi@raspberry', 'can cases run there?'],
    ['archparity ssh clean pi@raspberry', 'remove the agent and all subjects from it'],
    ['archparity ssh check ssh:pi,config=ci/ssh_config --json', 'with settings, for a program'],
  ],
  options: {
    json: { type: 'boolean', default: false, describe: 'Print the answer as JSON' },
  },
  run: async (argv) => {
    const options = argv as unknown as SshArguments;
    const [action, host, ...others] = options._;
    if (host === undefined || others.length > 0)
      throw usageError('USAGE', 'Name an action and a host.', 'See archparity ssh --help.');
    const request = { host, cwd: process.cwd(), ...commandLogger(options) };
    const write = (value: unknown, text: string): void => {
      process.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : text);
    };
    if (action === 'check') {
      const reports = await checkSshHosts(request);
      write(reports, reports.map(formatReport).join('\n'));
    } else if (action === 'clean') {
      const cleaned = await cleanSshHosts(request);
      write(
        cleaned,
        cleaned
          .map(({ host: name, freedKib }) => `${name}: ${String(freedKib)} KiB removed\n`)
          .join(''),
      );
    } else {
      throw usageError('USAGE', `ssh has no action "${action ?? ''}".`, 'It has: check, clean.');
    }
    return ExitCode.ok;
  },
};

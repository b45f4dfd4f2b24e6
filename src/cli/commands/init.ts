import { initialise, type CiSystem, type InitReport } from '../../app/init.ts';
import { ExitCode, usageError } from '../../core/index.ts';
import { createPalette, escapeControl } from '../../report/index.ts';
import type { Command } from '../command.ts';
import { wantsColor, type CommonOptions } from '../common-options.ts';

interface InitArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly ci?: CiSystem | 'none';
  readonly force: boolean;
  readonly 'dry-run': boolean;
  readonly json: boolean;
}

/** What was found and written, and what comes next; with `--dry-run` the files themselves. */
function formatReport(report: InitReport, options: InitArguments): string {
  const { bold, dim } = createPalette(wantsColor(options, process.stdout));
  if (!report.written)
    return report.files
      .map(({ path, content }) => `${dim(`── ${escapeControl(path)}`)}\n${content}`)
      .join('\n');
  const written = report.files.map(
    ({ path, what }) => `wrote ${bold(escapeControl(path))}  ${escapeControl(what)}`,
  );
  const next = report.todo.map((line) => `  ${escapeControl(line)}`);
  const lines = options.quiet
    ? []
    : [...written, ...(next.length === 0 ? [] : ['', 'next:', ...next])];
  return lines.map((line) => `${line}\n`).join('');
}

export const initCommand: Command = {
  usage: 'init [options] [DIR]',
  describe:
    'Look at a repository (Dockerfiles, compose files, Kubernetes manifests, files of container-structure-test and goss, programs and OCI layouts that were built) and write a first suite for what it has and a CI job, each line explained.\n' +
    'Nothing of the repository is executed, and no file that is there is changed.',
  examples: [
    ['archparity init', 'in a repository whose programs or images are built'],
    ['archparity init --dry-run', 'print what would be written'],
    ['archparity init --ci gitlab service/', 'a directory, and the CI system'],
  ],
  options: {
    ci: {
      choices: ['github', 'gitlab', 'none'],
      describe: 'The CI system that a job is written for (default: the one that is used here)',
    },
    force: { type: 'boolean', default: false, describe: 'Replace files that are there' },
    'dry-run': { type: 'boolean', default: false, describe: 'Print the files, write nothing' },
    json: { type: 'boolean', default: false, describe: 'Print what was found and written as JSON' },
  },
  run: async (argv) => {
    const options = argv as unknown as InitArguments;
    const [directory = '.', ...others] = options._;
    if (others.length > 0)
      throw usageError('USAGE', 'Name one directory.', 'See archparity init --help.');
    const report = await initialise({
      directory,
      force: options.force,
      dryRun: options['dry-run'],
      ...(options.ci === undefined ? {} : { ci: options.ci }),
    });
    process.stdout.write(
      options.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report, options),
    );
    return ExitCode.ok;
  },
};

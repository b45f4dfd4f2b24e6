// What docs/commands.md and the man page say of all commands. Texts are Markdown without blocks.
import type { OptionSpec } from '../../src/cli/command.ts';
import { ExitCode } from '../../src/core/index.ts';

/** What pages of single commands say more closely. */
export const EXIT_CODES: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [ExitCode.ok, 'all well'],
  [
    ExitCode.caseFailed,
    'the answer is no: a case failed, an image has an error, nothing was reproduced or found, a measured command failed',
  ],
  [
    ExitCode.usage,
    'bad usage, or a mistake in a suite, record or other file that is named; nothing was run',
  ],
  [
    ExitCode.environment,
    'the environment is not ready, a lane or a service breaks, or something cannot be written, the output too',
  ],
  [ExitCode.nothingRan, 'there was nothing to run, or nothing could be compared'],
  [ExitCode.regression, '`bench --fail-above`: slower than that'],
  [ExitCode.internal, 'a bug of archparity: please report it with what it printed'],
  [ExitCode.runFailed, '`run`: archparity could not do its part'],
  [ExitCode.notExecutable, '`run`: the program cannot be executed'],
  [ExitCode.notFound, '`run`: the program was not found'],
  [ExitCode.interrupted, 'interrupted by Ctrl-C or SIGTERM'],
];

export const EXITS =
  'An error is one sentence on stderr, what to do about it, and its code in brackets. The codes are those of every command but\n' +
  '[run](run.md), `vm shell`, `repro --shell` and `repro --gdb`, which end as what they started.';

export const ENVIRONMENT: readonly (readonly [variables: string, meaning: string])[] = [
  [
    '`ARCHPARITY_CACHE`',
    'the cache; without it `$XDG_CACHE_HOME/archparity`, else `~/.cache/archparity`. An absolute path. All in it can be made again: remove it when nothing of archparity runs',
  ],
  [
    '`ARCHPARITY_SHARD_INDEX`, `ARCHPARITY_SHARD_TOTAL`',
    'the part that `--shard auto` takes ([test](test.md#in-several-parts))',
  ],
  [
    '`NO_COLOR`, `FORCE_COLOR`',
    'no colours, or colours, whatever the output is; `--color` goes before them',
  ],
  [
    '`DOCKER_HOST`, `DOCKER_CONTEXT`, `DOCKER_CONFIG`, `REGISTRY_AUTH_FILE`',
    'as for docker and skopeo: the daemon, and logins ([images](images.md))',
  ],
  [
    '`GITHUB_ACTIONS`, `GITLAB_CI`, …',
    'what is shown in a job ([report](report.md#when-no-reporter-was-asked-for))',
  ],
];

export const FILES: readonly (readonly [file: string, meaning: string])[] = [
  [
    '`.archparity/runs`',
    'records of runs, in the working directory; nothing removes them ([report](report.md))',
  ],
  [
    '`archparity.yaml`',
    'in the working directory, or in the nearest parent that has one: [names lanes](ssh.md#named-hosts-and-pools), lays [overrides](container-tests.md#what-differs-by-platform) over test files of other tools, and has the [quarantine](test.md#quarantine)',
  ],
  ['`~/.cache/archparity`', 'the cache, unless the environment names another'],
];

/** An option as it is written. */
export function writeName(
  name: string,
  { alias, type = 'string', repeatable = false }: OptionSpec,
): string {
  const value = type === 'boolean' ? '' : ' …';
  const short = alias === undefined ? '' : `, \`-${alias}\``;
  return `\`--${name}${value}\`${short}${repeatable ? ', repeatable' : ''}`;
}

/** What an option does, which words it takes, and what it is without. */
export function writeMeaning({ describe, choices, default: value }: OptionSpec): string {
  const notes = [
    ...(choices === undefined
      ? []
      : [`one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`]),
    ...(value === undefined || value === false || value === ''
      ? []
      : [`default: \`${String(value)}\``]),
  ];
  return notes.length === 0 ? describe : `${describe} (${notes.join('; ')})`;
}

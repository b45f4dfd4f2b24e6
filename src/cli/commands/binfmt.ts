import {
  installHandlers,
  readsDeclarations,
  removeHandlers,
  surveyHost,
  type Outcome,
} from '../../app/binfmt.ts';
import { ExitCode, usageError } from '../../core/index.ts';
import { formatJson } from '../binfmt-report/json.ts';
import { formatOutcomes, formatStatus, formatVerdicts } from '../binfmt-report/text.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { commandLogger, wantsColor, type CommonOptions } from '../common-options.ts';

interface BinfmtArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly qemu?: string;
  readonly cpu?: string;
  readonly flags?: string;
  readonly persist?: boolean;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
  readonly json: boolean;
}

const ACTIONS = ['status', 'install', 'remove', 'test'] as const;
type Action = (typeof ACTIONS)[number];

/** The options that not every action has. */
const OWNERS = {
  qemu: ['install'],
  cpu: ['install'],
  flags: ['install'],
  persist: ['install'],
  replace: ['install'],
  dryRun: ['install', 'remove'],
} as const satisfies Readonly<Partial<Record<keyof BinfmtArguments, readonly Action[]>>>;

function readAction(word: string | undefined): Action {
  const action = ACTIONS.find((one) => one === word);
  if (action !== undefined) return action;
  throw usageError(
    'USAGE',
    word === undefined ? 'binfmt needs an action.' : `binfmt has no action "${word}".`,
    `It has: ${ACTIONS.join(', ')}.`,
  );
}

function refuseOthersOptions(action: Action, options: BinfmtArguments): void {
  for (const [name, actions] of Object.entries(OWNERS)) {
    const isGiven = options[name as keyof typeof OWNERS] !== undefined;
    if (!isGiven || (actions as readonly Action[]).includes(action)) continue;
    const written = name === 'dryRun' ? 'dry-run' : name;
    throw usageError(
      'USAGE',
      `--${written} is for binfmt ${actions.join(' and ')}, not for ${action}.`,
      'See archparity binfmt --help.',
    );
  }
}

function note(options: BinfmtArguments, text: string): void {
  if (!options.quiet) process.stderr.write(`archparity: ${text}\n`);
}

async function printSurvey(
  action: 'status' | 'test',
  platforms: readonly string[],
  options: BinfmtArguments,
): Promise<number> {
  const { survey, named, verdicts } = await surveyHost({ platforms, ...commandLogger(options) });
  const color = wantsColor(options, process.stdout);
  if (action === 'status') {
    process.stdout.write(
      options.json ? formatJson({ survey }) : formatStatus(survey, named, color),
    );
    return ExitCode.ok;
  }
  process.stdout.write(
    options.json
      ? formatJson({ survey, verdicts })
      : formatVerdicts(survey, verdicts, { color, quiet: options.quiet }),
  );
  if (verdicts.length === 0) {
    note(options, 'there is no handler to test; archparity binfmt install registers some');
    return ExitCode.nothingRan;
  }
  return verdicts.every(({ works }) => works) ? ExitCode.ok : ExitCode.environment;
}

async function printOutcomes(
  outcomes: readonly Outcome[],
  options: BinfmtArguments,
): Promise<number> {
  if (options.json) {
    const { survey } = await surveyHost({ platforms: [], ...commandLogger(options) });
    process.stdout.write(formatJson({ survey, outcomes }));
  } else {
    const color = wantsColor(options, process.stdout);
    process.stdout.write(formatOutcomes(outcomes, { color, quiet: options.quiet }));
  }
  const hasFailed = outcomes.some(({ outcome }) => outcome === 'failed');
  return hasFailed ? ExitCode.environment : ExitCode.ok;
}

async function change(
  action: 'install' | 'remove',
  platforms: readonly string[],
  options: BinfmtArguments,
): Promise<number> {
  const { qemu, cpu, persist } = options;
  return cancelOnSignals(async (cancelSignal) => {
    const common = {
      platforms,
      dryRun: options.dryRun === true,
      cancelSignal,
      onWait: () => note(options, 'waiting for another archparity binfmt'),
      ...commandLogger(options),
    };
    try {
      const outcomes =
        action === 'remove'
          ? await removeHandlers(common)
          : await installHandlers({
              ...common,
              flags: options.flags ?? 'POCF',
              replace: options.replace === true,
              ...(qemu === undefined ? {} : { qemu }),
              ...(cpu === undefined ? {} : { cpu }),
              ...(persist === undefined ? {} : { persist }),
            });
      if (outcomes.length === 0) note(options, 'nothing of archparity was there');
      if (persist === true && !readsDeclarations())
        note(
          options,
          'nothing on this host seems to read /etc/binfmt.d at boot (systemd-binfmt does)',
        );
      return await printOutcomes(outcomes, options);
    } catch (error) {
      if (cancelSignal.aborted) return ExitCode.interrupted;
      throw error;
    }
  });
}

export const binfmtCommand: Command = {
  usage: 'binfmt status|install|remove|test [PLATFORM…]',
  describe:
    'Handlers of the whole host, so that docker, podman and everybody run foreign programs.\n' +
    'Lanes need none of it. status says who runs what; install registers and proves handlers, by\n' +
    'default for the foreign platforms that there is a QEMU for (all: for every foreign one); test\n' +
    'proves them again; remove gives back what was there. install and remove need root.',
  examples: [
    ['archparity binfmt status', 'who runs foreign programs here?'],
    [
      'sudo archparity binfmt install',
      'for all platforms that there is a QEMU for, until a reboot',
    ],
    ['sudo archparity binfmt install arm64 --persist', 'for one, and at each boot'],
    ['sudo archparity binfmt install arm64 --cpu cortex-a72 --qemu ./qemu-aarch64', 'another one'],
    ['archparity binfmt install arm64 --replace --dry-run', 'what would be done?'],
    ['archparity binfmt test arm64', 'does it work in a container?'],
    ['sudo archparity binfmt remove', 'as it was before'],
  ],
  options: {
    qemu: {
      type: 'string',
      requiresArg: true,
      describe: 'A static qemu-user program, for one platform (default: the one in PATH)',
    },
    cpu: {
      type: 'string',
      requiresArg: true,
      describe:
        "CPU model, for one platform; default means QEMU's own (default: a fast one, as on lanes)",
    },
    flags: {
      type: 'string',
      requiresArg: true,
      describe: 'Flags of binfmt_misc, F among them (default: POCF)',
    },
    persist: {
      type: 'boolean',
      describe: 'Register at each boot by /etc/binfmt.d, or --no-persist (default: as it was)',
    },
    replace: {
      type: 'boolean',
      describe: 'Switch handlers of others off that are in the way; remove switches them on again',
    },
    'dry-run': { type: 'boolean', describe: 'Say what would be done, and do nothing' },
    json: { type: 'boolean', default: false, describe: 'Print the answer as JSON' },
  },
  run: async (argv) => {
    const options = argv as unknown as BinfmtArguments;
    const [word, ...platforms] = options._.map(String);
    const action = readAction(word);
    refuseOthersOptions(action, options);
    switch (action) {
      case 'status':
      case 'test':
        return printSurvey(action, platforms, options);
      case 'install':
      case 'remove':
        return change(action, platforms, options);
    }
  },
};

import { PACKAGE_MANAGERS, type PackageManager } from '../../process/index.ts';
import type { Check, Commands, Fix, Place } from './check.ts';

/** Where the doctor runs. */
export interface Surroundings {
  /** Of this machine; absent for a distribution that we do not know. */
  readonly manager: PackageManager | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const PLACES: readonly Place[] = [...PACKAGE_MANAGERS, 'github', 'gitlab'];

/** In a job nobody answers what apt asks. */
function forGithub(command: string): string {
  return `- run: ${command.replace('sudo apt install', 'sudo apt-get install -y')}`;
}

/** A job is root of a container: what it changes is its own, the machine is the runner's. */
function forGitlab(command: string): string {
  return `${command.replaceAll('sudo ', '')} # as root of the runner's machine`;
}

/** A command for each place: what is not written for it in particular is the same everywhere. */
function completeCommands({ command, commands = {} }: Fix): Commands {
  const isOfOne = /^sudo (?:apt|dnf|zypper|apk|pacman) /.test(command ?? '');
  const everywhere: Commands =
    command === undefined || isOfOne
      ? {}
      : Object.fromEntries(PACKAGE_MANAGERS.map((manager) => [manager, command]));
  // GitHub's runners are Ubuntu.
  const onUbuntu = commands.apt ?? everywhere.apt;
  const all: Commands = {
    ...everywhere,
    ...(onUbuntu === undefined ? {} : { github: forGithub(onUbuntu), gitlab: forGitlab(onUbuntu) }),
    ...commands,
  };
  // In one order, for who reads the JSON.
  return Object.fromEntries(
    PLACES.flatMap((place) => (all[place] === undefined ? [] : [[place, all[place]]])),
  );
}

function chooseCommand(commands: Commands, { manager, env }: Surroundings): string | undefined {
  if (env['GITHUB_ACTIONS'] === 'true') return commands.github;
  if (env['GITLAB_CI'] === 'true') return commands.gitlab;
  return manager === undefined ? undefined : commands[manager];
}

/** What is done where nothing better is known. */
const LOOK_CLOSER = {
  text: 'See which command fails, and what it says.',
  command: 'archparity doctor --verbose',
} as const;

/** A fix with its commands for every place, and the one for here. */
export function completeFix(fix: Fix, surroundings: Surroundings): Fix {
  const commands = completeCommands(fix);
  const command = chooseCommand(commands, surroundings) ?? fix.command;
  if (command !== undefined) return { ...fix, commands, command };
  return { ...fix, commands, otherwise: fix.otherwise ?? LOOK_CLOSER };
}

/** Whether another check that failed says all there is to say. */
export function isUntried({ found }: Pick<Check, 'found'>): boolean {
  return found.startsWith('not tried');
}

/**
 * Hides who logs in by an address that somebody configured or a tool quotes: `https://USER:PASSWORD@host`. All up to
 * the last `@` goes, since a password that is not escaped may hold any of `:/@'`.
 */
export function hideLogins(text: string): string {
  return (
    text
      .replaceAll(/:\/\/\S*@/g, '://***@')
      // Of such a one Go quotes what it takes for something else (net/url).
      .replaceAll(/(invalid (?:port|URL escape)) "[^"]*"/g, '$1 "***"')
  );
}

function hideFixLogins({ otherwise, ...fix }: Fix): Fix {
  const hide = <T extends Readonly<Record<string, unknown>>>(texts: T): T =>
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [
        name,
        typeof text === 'string' ? hideLogins(text) : text,
      ]),
    ) as T;
  return {
    ...hide({ ...fix }),
    ...(fix.commands === undefined ? {} : { commands: hide(fix.commands) }),
    ...(otherwise === undefined ? {} : { otherwise: hide(otherwise) }),
  };
}

/** A check without secrets whose fix is complete; what is not well and was tried has one. */
export function completeCheck(written: Check, surroundings: Surroundings): Check {
  const { fix, ...rest } = written;
  const check = { ...rest, found: hideLogins(rest.found), effect: hideLogins(rest.effect) };
  if (check.state === 'ok' || isUntried(check))
    return fix === undefined ? check : { ...check, fix: hideFixLogins(fix) };
  return { ...check, fix: hideFixLogins(completeFix(fix ?? LOOK_CLOSER, surroundings)) };
}

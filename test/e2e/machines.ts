// Machines of one's own on this one: a network, a home, a cache, and a copy of the suite and its programs elsewhere.
import { chownSync, copyFileSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compileProgram } from '../setup/compile-program.ts';
import {
  machine,
  makeDirectory,
  makeSubdirectory,
  runCli,
  type Caller,
  type CliResult,
} from './cli.ts';
import { SUITES } from './suites.ts';

/** A user namespace lets anybody have a network of their own. */
const OWN_NETWORK = ['unshare', '--user', '--map-root-user', '--map-auto', '--net', '--mount'];

export interface Machine {
  /** Of the suite and of what runs write. */
  readonly directory: string;
  /** Runs the command line there. */
  readonly run: (...words: readonly string[]) => Promise<CliResult>;
  /** Runs a part of the suite, with its record in NAME.ndjson. */
  readonly test: (name: string, ...words: readonly string[]) => Promise<CliResult>;
  readonly read: (name: string) => string;
}

/** Copies a file to its new owner. */
function give(caller: Caller, source: string, directory: string): string {
  const target = join(directory, basename(source));
  copyFileSync(source, target);
  chownSync(target, caller.uid, caller.gid);
  return target;
}

/** @param suite - a suite of actor.c */
export function makeMachine(
  caller: Caller,
  name: string,
  { suite, cacheDir }: { readonly suite: string; readonly cacheDir?: string },
): Machine {
  const directory = makeDirectory(caller, name);
  const home = makeSubdirectory(caller, directory, 'home');
  for (const file of [suite, join(SUITES, 'input.txt')]) give(caller, file, directory);
  const binaries = (['amd64', 'arm64'] as const).flatMap((arch) => {
    give(caller, compileProgram('actor', arch, machine.directory), directory);
    return ['--binary', `linux/${arch}=actor-${arch}`];
  });
  const cache = cacheDir ?? makeSubdirectory(caller, directory, 'cache');
  const run = (...words: readonly string[]): Promise<CliResult> =>
    runCli(caller, words, {
      cwd: directory,
      env: { HOME: home, ARCHPARITY_CACHE: cache },
      through: OWN_NETWORK,
    });
  return {
    directory,
    run,
    test: (record, ...words) =>
      run(
        ...['test', basename(suite), ...binaries, '--referee', 'none'],
        ...['--record', `${record}.ndjson`, '--reporter', `text=${record}.txt`],
        ...words,
      ),
    read: (file) => readFileSync(join(directory, file), 'utf8'),
  };
}

/**
 * Takes out of a report what two runs of the same thing never have in common: times and memory, the ids and
 * commands of runs, where things lie, and whether a microVM had a snapshot to start from.
 */
export function redactReport(text: string, directories: readonly string[]): string {
  let clean = text;
  for (const directory of directories) clean = clean.replaceAll(directory, 'DIRECTORY');
  return (
    clean
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, 'TIME')
      .replaceAll(/(?:<|&lt;)?\d+(?:\.\d+)? (?:ms|s|min)\b/g, 'TIME')
      .replaceAll(/\bbooted\b|\bresumed from a snapshot\b/g, 'STARTED')
      .replaceAll(/"(wallMs|userMs|sysMs|maxRssKb)":[\d.]+/g, '"$1":0')
      .replaceAll(/\btime="[\d.]+"/g, 'time="0"')
      // The HTML report has the words of the run, the exact figures, and where its record lies.
      .replace(/<div class="command">.*?<\/pre>/s, 'COMMAND')
      .replaceAll(/<data value="[\d.]+">[^<]*<\/data>/g, 'FIGURE')
  );
}

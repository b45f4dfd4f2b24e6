import { isDeepStrictEqual } from 'node:util';
import { errorMessage, type CaseDefinition, type Suite } from '../../core/index.ts';
import { createRedactor, REDACTED } from '../../record/index.ts';
import { loadTargets } from '../load-targets.ts';
import { secretValues } from '../secret-values.ts';
import type { RecordedCase } from './recorded-case.ts';
import { readRecordedFlags } from './recorded-flags.ts';

/** The case that is run: the recorded one, with secrets where they are to be had. */
export interface SettledCase {
  readonly definition: CaseDefinition;
  /** What the user must know of it: sentences without a full stop. */
  readonly notes: readonly string[];
  /** Values that must not be written anywhere. */
  readonly secrets: readonly string[];
}

export interface SettleOptions {
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Looks for the case in its suite as that is today. Where it still says the same it is taken from there, because
 * a record holds no secrets; where it does not, the recorded case counts, and the notes say so.
 */
export async function settleCase(
  recorded: RecordedCase,
  { cacheDir, env }: SettleOptions,
): Promise<SettledCase> {
  const { definition, start } = recorded;
  const file = start.suites.find(({ name }) => name === definition.suite)?.file;
  // What was made for an image or by a test framework is in no file.
  if (file === undefined || file.startsWith('<')) return asRecorded(definition, env, []);
  let suite: Suite | undefined;
  try {
    suite = await loadSuite(file, recorded, cacheDir);
  } catch (error) {
    const why = errorMessage(error).replace(/\.$/, '');
    return asRecorded(definition, env, [
      `the suite cannot be read any more, so the recorded case is run: ${why}`,
    ]);
  }
  const secrets = suite === undefined ? [] : secretValues([suite], env);
  const now = suite?.cases.find(({ id }) => id === definition.id);
  if (now === undefined)
    return asRecorded(definition, env, [
      `${file} has no such case any more: the recorded one is run`,
    ]);
  const changed = listChanges(
    definition,
    createRedactor({ secrets, patterns: true }).redactCase(now),
  );
  return changed.length === 0
    ? { definition: now, notes: [], secrets }
    : asRecorded(definition, env, [
        `${file} has changed since (${changed.join(', ')}): the recorded case is run`,
      ]);
}

async function loadSuite(
  file: string,
  { definition, start }: RecordedCase,
  cacheDir: string,
): Promise<Suite | undefined> {
  const { isCstStrict, replacesSubject, varsFiles } = readRecordedFlags(start.argv);
  const { subject } = definition;
  const replacing =
    subject.kind === 'image' ? { image: subject.reference } : { binaries: subject.paths };
  const suites = await loadTargets({
    targets: [file],
    platforms: [],
    cacheDir,
    cwd: start.cwd,
    // The lanes of the suite are not opened, so nothing of them need be there.
    lanes: ['native'],
    isCstStrict,
    varsFiles,
    ...(replacesSubject ? replacing : {}),
  });
  return suites.find(({ name }) => name === definition.suite) ?? suites[0];
}

/** Keys of a case that say something else than before; where it stands in the file does not matter. */
function listChanges(before: CaseDefinition, after: CaseDefinition): string[] {
  const [left, right] = [before, after].map(asData) as [Data, Data];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].filter((key) => !isDeepStrictEqual(left[key], right[key]));
}

type Data = Readonly<Record<string, unknown>>;

/** As a record holds it: without what JSON has no word for. */
function asData({ position: _position, ...definition }: CaseDefinition): Data {
  return JSON.parse(JSON.stringify(definition)) as Data;
}

/** The recorded case; a variable that was a secret has our environment's value, where that has one. */
function asRecorded(
  definition: CaseDefinition,
  env: SettleOptions['env'],
  notes: readonly string[],
): SettledCase {
  const secrets: string[] = [];
  const missing: string[] = [];
  const filled = Object.entries(definition.env).map(([name, value]): [string, string] => {
    if (!value.includes(REDACTED)) return [name, value];
    const own = env[name];
    if (own === undefined) missing.push(name);
    else secrets.push(own);
    return [name, own ?? value];
  });
  return {
    definition: { ...definition, env: Object.fromEntries(filled) },
    notes: [
      ...notes,
      ...(missing.length === 0
        ? []
        : [
            `the record holds no secrets: give ${missing.join(', ')} in your environment, or the case has "${REDACTED}" there`,
          ]),
    ],
    secrets,
  };
}

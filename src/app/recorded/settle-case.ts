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
  /** Variables that the case is given of our environment. */
  readonly given: readonly string[];
  /** Why `secrets` may lack some: the suite that names them cannot be read. */
  readonly secretsUnknown?: string;
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
  if (file === undefined || file.startsWith('<')) return asRecorded(recorded, env, {});
  let suite: Suite | undefined;
  try {
    suite = await loadSuite(file, recorded, cacheDir);
  } catch (error) {
    const why = errorMessage(error).replace(/\.$/, '');
    return asRecorded(recorded, env, {
      note: `the suite cannot be read any more, so the recorded case is run: ${why}`,
      secretsUnknown: why,
    });
  }
  const secrets = suite === undefined ? [] : valuesOf(suite, definition, env);
  const now = suite?.cases.find(({ id }) => id === definition.id);
  if (now === undefined)
    return asRecorded(recorded, env, {
      note: `${file} has no such case any more: the recorded one is run`,
      secrets,
    });
  const changed = listChanges(
    definition,
    createRedactor({ secrets, patterns: true }).redactCase(now),
  );
  return changed.length === 0
    ? { definition: now, notes: [], secrets, given: [] }
    : asRecorded(recorded, env, {
        note: `${file} has changed since (${changed.join(', ')}): the recorded case is run`,
        secrets,
      });
}

/** Secrets of a suite as it is today; what the record hides was one, whatever the suite calls it now. */
function valuesOf(
  suite: Suite,
  { env, with: companions = [] }: CaseDefinition,
  own: SettleOptions['env'],
): string[] {
  const hidden = [env, ...companions.map((companion) => companion.env)].flatMap((variables) =>
    Object.keys(variables).filter((name) => variables[name]?.includes(REDACTED)),
  );
  return secretValues([{ ...suite, secrets: [...suite.secrets, ...hidden] }], own);
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

/** What a case does, as a record holds it: without what JSON has no word for. */
function asData(whole: CaseDefinition): Data {
  const { position: _position, quarantine: _quarantine, ...definition } = whole;
  return JSON.parse(JSON.stringify(definition)) as Data;
}

interface RecordedReasons {
  /** Why the recorded case is run. */
  readonly note?: string;
  /** Of the suite as it is today. */
  readonly secrets?: readonly string[];
  readonly secretsUnknown?: string;
}

/**
 * The recorded case; a variable that was a secret has our environment's value, where that has one. The maker of a
 * bundle chooses the variables, so it is said which those are.
 */
function asRecorded(
  { definition, isBundled }: RecordedCase,
  env: SettleOptions['env'],
  { note, secrets = [], secretsUnknown }: RecordedReasons,
): SettledCase {
  const own: string[] = [];
  const given: string[] = [];
  const missing: string[] = [];
  const filled = Object.entries(definition.env).map(([name, value]): [string, string] => {
    if (!value.includes(REDACTED)) return [name, value];
    const ours = env[name];
    if (ours === undefined) missing.push(name);
    else {
      given.push(name);
      own.push(ours);
    }
    return [name, ours ?? value];
  });
  return {
    definition: { ...definition, env: Object.fromEntries(filled) },
    notes: [
      ...(note === undefined ? [] : [note]),
      ...(isBundled === true
        ? given.map((name) => `the case of the bundle is given ${name} of your environment`)
        : []),
      ...(missing.length === 0
        ? []
        : [
            `the record holds no secrets: give ${missing.join(', ')} in your environment, or the case has "${REDACTED}" there`,
          ]),
    ],
    secrets: [...new Set([...secrets, ...own])],
    given,
    ...(secretsUnknown === undefined ? {} : { secretsUnknown }),
  };
}

import { basename } from 'node:path';
import {
  usageError,
  type ArchParityError,
  type CaseDefinition,
  type CompareAspect,
  type Platform,
} from '../../core/index.ts';
import {
  isWrittenReference,
  parseReference,
  readElf,
  requireElfPlatform,
  requireWholeElf,
} from '../../image/index.ts';
import { parseDuration, parseSuiteObject } from '../../suite/index.ts';
import { findRecord } from '../find-record.ts';
import { isSuiteFile, loadTargets, type TargetOptions } from '../load-targets.ts';
import { caseAmbiguous, caseNotFound, rankCase } from '../recorded/name-case.ts';
import { findRecordedCase } from '../recorded/recorded-case.ts';
import { settleCase } from '../recorded/settle-case.ts';
import { secretValues } from '../secret-values.ts';

export interface CaseRequest extends Omit<TargetOptions, 'targets' | 'platforms' | 'lanes'> {
  /** `SUITE CASE`, `CASE` of a record, or a program or image. */
  readonly words: readonly string[];
  /** What stood behind `--`. */
  readonly args: readonly string[];
  /** As asked for; absent = the program's own, else the foreign one. */
  readonly platform?: Platform;
  readonly foreign: Platform;
  /** Where the case is looked for that no suite is named of. */
  readonly record: string;
  /** Deadline, e.g. `30s`. */
  readonly timeout?: string;
  /** Told of what the user must know: one line. */
  readonly say: (note: string) => void;
}

export interface ChosenCase {
  readonly definition: CaseDefinition;
  /** Of the emulated lanes. */
  readonly platform: Platform;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
}

/**
 * The case that a user names, ready to be run with all that it does compared.
 * @throws ArchParityError `USAGE`, `CASE_NOT_FOUND`, `CASE_AMBIGUOUS`, those of suites, records, programs (exit 2)
 */
export async function chooseCase(request: CaseRequest): Promise<ChosenCase> {
  const [first, second, ...others] = request.words;
  if (first === undefined || others.length > 0)
    throw usage('Name a suite and a case, a case of the last run, or a program.');
  const chosen =
    second === undefined && isWrittenReference(first) && !isSuiteFile(first)
      ? chooseProgram(first, request)
      : await chooseFromCases(first, second, request);
  return { ...chosen, definition: compareAll(withTimeout(chosen.definition, request.timeout)) };
}

function usage(message: string): ArchParityError {
  return usageError('USAGE', message, 'See archparity bisect --help.');
}

async function chooseFromCases(
  first: string,
  second: string | undefined,
  request: CaseRequest,
): Promise<ChosenCase> {
  if (request.args.length > 0)
    throw usage('Only a program or an image takes arguments behind "--".');
  const platform = request.platform ?? request.foreign;
  if (second === undefined) {
    if (!isSuiteFile(first)) return { ...(await chooseRecorded(first, request)), platform };
    const { cases, secrets } = await loadCases(first, request, platform);
    return { definition: onlyCase(first, cases), platform, secrets };
  }
  const { cases, secrets } = await loadCases(first, request, platform);
  return { definition: pickCase(second, cases, first), platform, secrets };
}

async function loadCases(
  suite: string,
  request: CaseRequest,
  platform: Platform,
): Promise<{ readonly cases: readonly CaseDefinition[]; readonly secrets: readonly string[] }> {
  const suites = await loadTargets({
    ...request,
    targets: [suite],
    platforms: [platform],
    lanes: ['emulated'],
  });
  return {
    cases: suites.flatMap(({ cases }) => cases),
    secrets: secretValues(suites, process.env),
  };
}

/** A suite with one case needs no more words. */
function onlyCase(suite: string, cases: readonly CaseDefinition[]): CaseDefinition {
  const [first] = cases;
  if (first !== undefined && cases.length === 1) return first;
  throw usageError(
    'CASE_AMBIGUOUS',
    `${suite} has ${String(cases.length)} cases.`,
    `Name one of them: archparity bisect ${suite} '${first?.name ?? 'CASE'}'`,
  );
}

/** A case of a record, from its suite as that is now: records have no secrets. */
async function chooseRecorded(
  word: string,
  { cacheDir, cwd, record, say }: CaseRequest,
): Promise<Pick<ChosenCase, 'definition' | 'secrets'>> {
  const recorded = await findRecordedCase(await findRecord(record, cwd), word);
  const { definition, notes, secrets } = await settleCase(recorded, { cacheDir, env: process.env });
  for (const note of notes) say(note);
  return { definition, secrets };
}

/** By its id, its name, or a part of its id that no other one has. */
function pickCase(word: string, cases: readonly CaseDefinition[], where: string): CaseDefinition {
  const best = Math.max(1, ...cases.map((each) => rankCase(word, each)));
  const meant = cases.filter((each) => rankCase(word, each) === best);
  const idsOf = (some: readonly CaseDefinition[]): string[] => some.map(({ id }) => id);
  const [match, other] = meant;
  if (match === undefined) throw caseNotFound(word, where, idsOf(cases));
  if (other !== undefined) throw caseAmbiguous(word, where, idsOf(meant));
  return match;
}

function chooseProgram(target: string, request: CaseRequest): ChosenCase {
  const { args } = request;
  const reference = parseReference(target);
  if (reference.kind === 'image') {
    const document = args.length === 0 ? {} : { args };
    const definition = makeCase(target, { image: target }, document);
    return { definition, platform: request.platform ?? request.foreign, secrets: [] };
  }
  const facts = readElf(reference.path);
  const platform = requireElfPlatform(facts, target);
  requireWholeElf(facts, target);
  if (request.platform !== undefined && request.platform !== platform)
    throw usage(`${target} is a program for ${platform}, not for ${request.platform}.`);
  const subject = { binary: { [platform]: reference.path } };
  return { definition: makeCase(target, subject, { args }), platform, secrets: [] };
}

function makeCase(target: string, subject: unknown, document: object): CaseDefinition {
  // What the id of a case may hold.
  const name = basename(target).replaceAll(/[^\w.-]+/g, '-');
  const suite = parseSuiteObject(
    {
      version: 1,
      name: 'bisect',
      subject,
      cases: [{ name, ...document, compare: ['exit', 'stdout', 'stderr'] }],
    },
    '<bisect>',
  );
  const [definition] = suite.cases;
  if (definition === undefined) throw new TypeError('the case was not made');
  return definition;
}

function withTimeout(definition: CaseDefinition, text: string | undefined): CaseDefinition {
  if (text === undefined) return definition;
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0)
    throw usage(`--timeout takes a duration like 10s or 2m, not "${text}".`);
  return { ...definition, timeout: { kind: 'literal', ms, byLane: {} } };
}

/** What is checked may be what changes, so it is compared though the case only checks it. */
function compareAll(definition: CaseDefinition): CaseDefinition {
  const { compare, expect } = definition;
  const checked: CompareAspect[] = [
    ...(compare.length === 0 ? (['exit', 'stdout'] as const) : compare),
    ...(expect.stderr === undefined ? [] : (['stderr'] as const)),
    ...(expect.files === undefined ? [] : (['files'] as const)),
  ];
  return { ...definition, compare: [...new Set(checked)] };
}

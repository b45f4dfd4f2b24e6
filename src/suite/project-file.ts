import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {
  ArchParityError,
  errorMessage,
  ExitCode,
  type Quarantine,
  type SourcePosition,
} from '../core/index.ts';
import { explainIssues } from './explain-issues.ts';
import { invalidProject, type FileLayers } from './file-layers.ts';
import { isTooDeep } from './is-too-deep.ts';
import { isMapping, quoteText, type Mistake } from './mistake.ts';
import { readYaml } from './read-yaml.ts';
import {
  calendarDay,
  filledList,
  filledText,
  list,
  strictMapping,
  textWithRule,
} from './scalar-schemas.ts';
import { diagnose } from './suite-source.ts';

/** The project's file, looked for in the working directory and its parents. */
export const PROJECT_FILE = 'archparity.yaml';

/** A lane or a pool of lanes that a project gives a name. */
export interface NamedLane {
  readonly name: string;
  /** As `--lane` takes them; several are a pool. */
  readonly specs: readonly string[];
  readonly isPool: boolean;
  readonly position: SourcePosition;
}

/** Cases of a project whose failures do not count for a while. */
export interface QuarantineEntry extends Quarantine {
  /** As `--filter` takes it. */
  readonly cases: string;
  readonly position: SourcePosition;
}

/** What a project file says. */
export interface Project {
  readonly file: string;
  readonly lanes: ReadonlyMap<string, NamedLane>;
  /** What is laid over test files of other tools, by their absolute path. */
  readonly overrides: ReadonlyMap<string, FileLayers>;
  readonly quarantine: readonly QuarantineEntry[];
}

const KINDS = ['native', 'emulated', 'vm', 'ssh'];

const laneName = textWithRule('the name of a lane', (text) => {
  if (KINDS.includes(text))
    return { message: `is a kind of lane, not a name for one: ${quoteText(text)}` };
  return /^[A-Za-z0-9_.-]+$/.test(text)
    ? undefined
    : {
        message: `cannot be the name of a lane: ${quoteText(text)}`,
        hint: 'use letters, digits, dots, dashes and underscores',
      };
});

const laneSpec = filledText('a lane such as ssh:user@host');

const namedLane = z.union([laneSpec, filledList(laneSpec, 'lane')], {
  error: () => 'must be a lane such as ssh:user@host, or a list of these',
});

const layerWords = z.record(z.string(), z.unknown(), { error: () => 'must be a mapping' });

const overridesOfFile = z.record(z.string(), layerWords, {
  error: () => 'must be a mapping from platforms (or cases) to what is otherwise there',
});

const quarantineEntry = strictMapping('an entry of the quarantine', {
  cases: filledText('a filter').describe(
    'Which cases, by name, suite and tag: as --filter has it.',
  ),
  until: calendarDay().describe('Last day on which their failures do not count, YYYY-MM-DD.'),
  reason: filledText('the reason in words').describe('Why, for people.'),
});

/** The schema of `archparity.yaml`. */
const projectDocument = strictMapping('the project file', {
  version: z
    .literal(1, { error: () => 'must be 1' })
    .optional()
    .describe('Version of the format: 1.'),
  lanes: z
    .record(laneName, namedLane, { error: () => 'must be a mapping from names to lanes' })
    .optional()
    .describe('Lanes by name, for --lane NAME; a list is a pool of hosts.'),
  overrides: z
    .record(filledText('the path of a file'), overridesOfFile, {
      error: () => 'must be a mapping from test files to what is otherwise in them',
    })
    .optional()
    .describe(
      'For files of container-structure-test and goss, by their path: what is otherwise on a platform, in the words of the file, and settings of cases by their name.',
    ),
  quarantine: list(quarantineEntry)
    .optional()
    .describe('Cases that run and are reported, but whose failures do not count for a while.'),
});

/** The JSON Schema of `archparity.yaml` (draft 7). */
export function generateProjectSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(projectDocument, {
    target: 'draft-7',
    io: 'input',
  });
  return {
    $schema,
    $id: 'urn:archparity:project:1',
    title: 'archparity project',
    description:
      'Settings of a project: its lanes by name, what it lays over test files, its quarantine.',
    ...schema,
  };
}

/**
 * Reads a project file.
 * @throws ArchParityError `PROJECT_INVALID` (exit 2) with a diagnostic for every mistake
 */
export function parseProject(text: string, file: string): Project {
  const reading = readYaml(text, file);
  if ('diagnostics' in reading) throw invalidProject(file, reading.diagnostics);
  const root = reading.value ?? {};
  const { source } = reading;
  const fail = (mistakes: readonly Mistake[]): never => {
    throw invalidProject(file, diagnose(mistakes, source));
  };
  if (!isMapping(root) || isTooDeep(root))
    return fail([{ path: [], at: 'value', message: 'the project file must be a mapping' }]);
  const result = projectDocument.safeParse(root);
  if (!result.success) return fail(explainIssues(result.error.issues, root, source));
  const lanes = Object.entries(result.data.lanes ?? {}).map(([name, written]) => ({
    name,
    specs: typeof written === 'string' ? [written] : written,
    isPool: typeof written !== 'string',
    position: source.locate(['lanes', name], 'value').position,
  }));
  const overrides = Object.entries(result.data.overrides ?? {}).map(
    ([name, value]): [string, FileLayers] => [
      path.resolve(path.dirname(file), name),
      { file, source, path: ['overrides', name], value },
    ],
  );
  const missing = overrides.filter(([target]) => !existsSync(target));
  if (missing.length > 0)
    return fail(
      missing.map(([target, { path: place }]) => ({
        path: place,
        at: 'key',
        message: 'names a file that does not exist',
        hint: `it was looked for at ${target}`,
      })),
    );
  return {
    file,
    lanes: new Map(lanes.map((lane) => [lane.name, lane])),
    overrides: new Map(overrides),
    quarantine: (result.data.quarantine ?? []).map((entry, index) => ({
      ...entry,
      position: source.locate(['quarantine', index, 'cases'], 'value').position,
    })),
  };
}

/**
 * The project file of a directory: its own, else that of the nearest parent.
 * @throws ArchParityError `PROJECT_UNREADABLE`, `PROJECT_INVALID` (exit 2)
 */
export async function loadProject(directory: string): Promise<Project | undefined> {
  const file = path.join(directory, PROJECT_FILE);
  if (!existsSync(file)) {
    const parent = path.dirname(directory);
    return parent === directory ? undefined : loadProject(parent);
  }
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new ArchParityError({
      code: 'PROJECT_UNREADABLE',
      message: `The project file ${file} cannot be read: ${errorMessage(cause)}.`,
      exitCode: ExitCode.usage,
      cause,
    });
  }
  return parseProject(text, file);
}

import type { CaseResult, RunEventType } from '../core/index.ts';
import type { RecordLine } from './record-line.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a field must be before anything may rely on it. */
type FieldKind = 'string' | 'number' | 'boolean' | 'object' | 'array';

/**
 * The fields that reports and the reader rely on, by event type. Not the whole shape: the writer is
 * ours, the aim is that a foreign or damaged line is named instead of crashing a report.
 */
const FIELDS: Readonly<Record<RunEventType, Readonly<Record<string, FieldKind>>>> = {
  'run-started': { recordVersion: 'number', suites: 'array', argv: 'array', caseCount: 'number' },
  'lane-opened': { lane: 'object' },
  'lane-failed': { laneId: 'string', failure: 'object' },
  'image-opened': { image: 'object' },
  'binary-opened': { binary: 'object' },
  'case-started': { definition: 'object' },
  'attempt-started': { caseId: 'string', laneId: 'string', number: 'number' },
  'attempt-finished': { caseId: 'string', laneId: 'string', attempt: 'object' },
  'case-finished': { result: 'object' },
  'bench-started': { plan: 'object', benchmarks: 'array' },
  'bench-sample': { sample: 'object' },
  'bench-calibrated': { laneId: 'string', wallMs: 'number' },
  'bench-finished': { result: 'object' },
  warning: { message: 'string' },
  'run-finished': { summary: 'object', durationMs: 'number', exitCode: 'number' },
};

const RESULT_FIELDS: Readonly<Record<string, FieldKind>> = {
  definition: 'object',
  verdict: 'string',
  lanes: 'object',
  differences: 'array',
  hidden: 'array',
};

/**
 * Reads one parsed line; `event` is absent when its type is unknown to this version.
 * @throws Error saying what is wrong, without a full stop
 */
export function parseEvent(value: unknown): { readonly raw: Json; readonly event?: RecordLine } {
  if (!isObject(value)) throw new Error('it is not a JSON object');
  const { type } = value;
  if (typeof type !== 'string') throw new Error('it has no type');
  if (!Object.hasOwn(FIELDS, type)) return { raw: value };
  checkFields(value, { at: 'string', ...FIELDS[type as RunEventType] });
  if (type === 'case-finished') checkResult(value['result'] as Json);
  return { raw: value, event: value as unknown as RecordLine };
}

function checkResult(result: Json): void {
  checkFields(result, RESULT_FIELDS);
  checkFields(result['definition'] as Json, { id: 'string', suite: 'string', name: 'string' });
  const lanes = result['lanes'] as Readonly<Record<keyof CaseResult['lanes'], unknown>>;
  for (const lane of Object.values(lanes)) {
    if (!isObject(lane)) throw new Error('a lane result is not an object');
    checkFields(lane, { verdict: 'string', failures: 'array' });
  }
}

function checkFields(value: Json, fields: Readonly<Record<string, FieldKind>>): void {
  for (const [name, kind] of Object.entries(fields)) {
    if (!isKind(value[name], kind)) throw new Error(`its "${name}" is not of kind ${kind}`);
  }
}

function isKind(value: unknown, kind: FieldKind): boolean {
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'object') return isObject(value);
  return typeof value === kind;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { LOG_BYTES, type BuildStep, type ProgressReader } from './build-step.ts';

/** What is known of one vertex; times as BuildKit writes them (RFC 3339). */
interface Vertex {
  name: string;
  cached: boolean;
  error: string | undefined;
  /** Start to end, in milliseconds of the epoch: a vertex may pause and begin again. */
  readonly spans: Map<number, number | undefined>;
  log: string;
}

/**
 * Reads `--progress rawjson` of buildx from 0.13: BuildKit's own status messages (client/graph.go,
 * `SolveStatus`), one JSON value after the other, with or without line breaks in them.
 */
export function readRawJson(): ProgressReader {
  const vertexes = new Map<string, Vertex>();
  const splitter = createSplitter((value) => takeStatus(value, vertexes));
  return {
    push: splitter.push,
    steps: () => toSteps([...vertexes.values()]),
    rest: splitter.rest,
  };
}

function takeStatus(
  status: Readonly<Record<string, unknown>>,
  vertexes: Map<string, Vertex>,
): void {
  for (const entry of listOf(status['vertexes'])) {
    const digest = String(entry['digest']);
    const vertex = vertexes.get(digest) ?? newVertex();
    vertexes.set(digest, vertex);
    if (typeof entry['name'] === 'string') vertex.name = entry['name'];
    vertex.cached ||= entry['cached'] === true;
    if (typeof entry['error'] === 'string' && entry['error'] !== '') vertex.error = entry['error'];
    const started = readTime(entry['started']);
    if (started !== undefined)
      vertex.spans.set(started, readTime(entry['completed']) ?? vertex.spans.get(started));
  }
  for (const entry of listOf(status['logs'])) {
    const vertex = vertexes.get(String(entry['vertex']));
    if (vertex === undefined || typeof entry['data'] !== 'string') continue;
    vertex.log = `${vertex.log}${Buffer.from(entry['data'], 'base64').toString()}`.slice(
      -LOG_BYTES,
    );
  }
}

function newVertex(): Vertex {
  return { name: '', cached: false, error: undefined, spans: new Map(), log: '' };
}

function listOf(value: unknown): Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) return [];
  const entries: readonly unknown[] = value;
  return entries.filter(
    (entry): entry is Readonly<Record<string, unknown>> =>
      typeof entry === 'object' && entry !== null,
  );
}

function readTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) return undefined;
  // Date keeps milliseconds; the rest tells spans apart that begin in the same one.
  const fraction = /\.\d{3}(\d{1,6})/.exec(value)?.[1] ?? '0';
  return ms + Number(`0.${fraction}`);
}

function toSteps(vertexes: readonly Vertex[]): BuildStep[] {
  const first = Math.min(...vertexes.flatMap(({ spans }) => [...spans.keys()]));
  return vertexes.map(({ name, cached, error, spans, log }) => {
    const ends = [...spans].map(([start, end]) => ({ start, end }));
    const ran = ends.reduce(
      (sum, { start, end }) => sum + (end === undefined ? 0 : end - start),
      0,
    );
    return {
      name,
      durationMs: cached ? 0 : ran,
      cached,
      completed: ends.length > 0 && ends.every(({ end }) => end !== undefined),
      log,
      ...(ends.length === 0 ? {} : { startedMs: Math.min(...spans.keys()) - first }),
      ...(error === undefined ? {} : { error }),
    };
  });
}

interface Splitter {
  readonly push: (text: string) => void;
  readonly rest: () => string;
}

/** Cuts a stream into its JSON objects; what stands between them is kept apart. */
function createSplitter(take: (value: Readonly<Record<string, unknown>>) => void): Splitter {
  let pending = '';
  let other = '';
  let depth = 0;
  let inString = false;
  let escaped = false;
  const finish = (): void => {
    try {
      take(JSON.parse(pending) as Readonly<Record<string, unknown>>);
    } catch {
      other += pending;
    }
    pending = '';
  };
  return {
    push: (text) => {
      for (const character of text) {
        if (depth === 0 && character !== '{') {
          other += character;
          continue;
        }
        pending += character;
        if (escaped) escaped = false;
        else if (inString) {
          if (character === '\\') escaped = true;
          else if (character === '"') inString = false;
        } else if (character === '"') inString = true;
        else if (character === '{') depth += 1;
        else if (character === '}') {
          depth -= 1;
          if (depth === 0) finish();
        }
      }
    },
    rest: () => (other + pending).trim(),
  };
}

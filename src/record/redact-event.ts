import {
  BENCH_METRICS,
  VERDICT_PRECEDENCE,
  type Attempt,
  type CaseDefinition,
  type RunEvent,
  type SystemCallTrace,
} from '../core/index.ts';
import { isFindable, listSecretForms, MIN_SECRET_LENGTH } from './secret-forms.ts';
import { REDACTED, redactTokens } from './token-shapes.ts';

export interface RedactorOptions {
  /** Values that must never be recorded. */
  readonly secrets: readonly string[];
  /** Whether common token shapes are replaced too; default true. */
  readonly patterns?: boolean;
}

/** Replaces secrets by `[redacted]`. What holds none comes back as the same object. */
export interface Redactor {
  readonly redactText: (text: string) => string;
  readonly redactEvent: (event: RunEvent) => RunEvent;
  /** As a record has it. */
  readonly redactCase: (definition: CaseDefinition) => CaseDefinition;
  /** As a record has it. */
  readonly redactAttempt: (attempt: Attempt) => Attempt;
  /** Also what tracers cut a secret down to. */
  readonly redactTrace: (trace: SystemCallTrace) => SystemCallTrace;
  /** How many secrets have fewer than 4 characters and are therefore not looked for. */
  readonly ignoredSecrets: number;
}

/** Makes a redactor for these secret values and, unless told otherwise, for common token shapes. */
export function createRedactor(options: RedactorOptions): Redactor {
  const secrets = options.secrets.filter(isFindable);
  const forms = secrets.flatMap(listSecretForms).sort((a, b) => b.length - a.length);
  const patterns = options.patterns ?? true;
  const text = createReplacer(forms, patterns);
  // Bytes are searched as Latin-1, one character a byte.
  const bytes = createReplacer(
    forms.map((form) => Buffer.from(form, 'utf8').toString('latin1')),
    patterns,
  );
  const walk = createWalker(text, bytes);
  return {
    redactText: (value) => text.replace(value),
    redactEvent: (event) => walk(event, '') as RunEvent,
    redactCase: (definition) => walk(definition, 'definition') as CaseDefinition,
    redactAttempt: (attempt) => walk(attempt, 'attempt') as Attempt,
    redactTrace: (trace) => ({ ...trace, text: replaceInTrace(text, trace) }),
    ignoredSecrets: options.secrets.filter((secret) => secret !== '' && !isFindable(secret)).length,
  };
}

interface Replacer {
  readonly replace: (text: string) => string;
  /** Replaces the beginning of a secret whose end was cut off with the text. */
  readonly replaceEnd: (text: string) => string;
}

/** How strace(1) and QEMU end a text of which they show the beginning. */
const CUT_TEXT = /(?="\.\.\.)/;

function replaceInTrace(
  { replace, replaceEnd }: Replacer,
  { text, truncated }: SystemCallTrace,
): string {
  const pieces = replace(text).split(CUT_TEXT);
  return pieces
    .map((piece, place) => (truncated || place < pieces.length - 1 ? replaceEnd(piece) : piece))
    .join('');
}

function createReplacer(forms: readonly string[], patterns: boolean): Replacer {
  const needles = anyOf(forms);
  const longest = Math.max(0, ...forms.map(({ length }) => length));
  const beginnings = anyOf([...new Set(forms.map((form) => form.slice(0, MIN_SECRET_LENGTH)))]);
  return {
    replace(text) {
      const clean = needles === undefined ? text : text.replace(needles, REDACTED);
      return patterns ? redactTokens(clean) : clean;
    },
    replaceEnd(text) {
      // Most ends have nothing of the kind, and a trace has hundreds of thousands.
      if (beginnings === undefined || text.slice(-longest).search(beginnings) < 0) return text;
      const cut = Math.max(0, ...forms.map((form) => cutLength(text, form)));
      return cut === 0 ? text : `${text.slice(0, -cut)}${REDACTED}`;
    },
  };
}

/** @returns nothing where there is nothing to look for */
function anyOf(texts: readonly string[]): RegExp | undefined {
  const escaped = texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return texts.length === 0 ? undefined : new RegExp(escaped.join('|'), 'g');
}

function replaceAll({ replace, replaceEnd }: Replacer, text: string, isCut: boolean): string {
  const clean = replace(text);
  return isCut ? replaceEnd(clean) : clean;
}

/** How many characters at the end of a text begin a secret that does not end there. */
function cutLength(text: string, form: string): number {
  const longest = Math.min(form.length - 1, text.length);
  for (let length = longest; length >= MIN_SECRET_LENGTH; length -= 1) {
    if (text.endsWith(form.slice(0, length))) return length;
  }
  return 0;
}

/**
 * Words of the format itself. A weak secret such as `match` or `exit` must not make a record
 * unreadable, and a word that stands in every record gives no secret away.
 */
const VOCABULARY: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    type: new Set([
      ...[
        'run-started',
        'lane-opened',
        'lane-failed',
        'case-started',
        'attempt-started',
        'image-opened',
        'binary-opened',
      ],
      ...['attempt-finished', 'case-finished', 'warning', 'run-finished'],
      ...['bench-started', 'bench-sample', 'bench-calibrated', 'bench-finished'],
      ...[
        'file',
        'directory',
        'symlink',
        'fifo',
        'socket',
        'char-device',
        'block-device',
        'removed',
        'missing',
      ],
    ]),
    verdict: new Set<string>([
      ...VERDICT_PRECEDENCE,
      ...['faster', 'slower', 'within-noise', 'inconclusive'],
    ]),
    metric: new Set<string>(BENCH_METRICS),
    metrics: new Set<string>(BENCH_METRICS),
    phase: new Set(['warmup', 'sample', 'count']),
    cause: new Set(['architecture', 'emulator', 'environment', 'undecided']),
    kind: new Set([
      ...['exit', 'signal', 'timeout', 'not-started', 'native', 'emulated', 'vm', 'ssh'],
      ...['image', 'binary', 'run', 'shell', 'subject', 'literal', 'scaled'],
      ...['started', 'port', 'http', 'log', 'tcp', 'failed'],
    ]),
    encoding: new Set(['utf8', 'base64']),
    problem: new Set(['unmet', 'expired', 'elsewhere', 'cause']),
    what: new Set(['exit', 'stdout', 'stderr', 'files', 'responses']),
    compare: new Set(['exit', 'stdout', 'stderr', 'files', 'responses']),
    network: new Set(['none', 'host']),
    pid1: new Set(['init', 'subject']),
    kernel: new Set(['real', 'borrowed']),
    cpu: new Set(['tcg', 'hardware']),
    role: new Set(['referee']),
  }),
);

/** Objects whose keys are data, not names of the format. */
const DATA_KEYED = new Set(['host', 'env', 'fingerprint', 'byLane', 'lanes', 'xattrs']);
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Gives a function that copies on write: an event without secrets costs no memory. */
function createWalker(text: Replacer, bytes: Replacer): (value: unknown, key: string) => unknown {
  // A case is in the plan, its start and its end.
  const definitions = new WeakMap<object, unknown>();

  function walk(value: unknown, key: string): unknown {
    if (typeof value === 'string') {
      if (VOCABULARY.get(key)?.has(value) === true) return value;
      if (key === 'at' && ISO_TIME.test(value)) return value;
      return text.replace(value);
    }
    if (Array.isArray(value)) {
      if (value.length === 0) return value;
      const items = value.map((item: unknown) => walk(item, key));
      return items.some((item, place) => item !== value[place]) ? items : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if ('encoding' in value && 'data' in value && !DATA_KEYED.has(key)) return walkCaptured(value);
    if (key === 'xattrs') return walkEntries(value, key, redactBase64);
    return key === 'definition' ? walkDefinition(value) : walkEntries(value, key, walk);
  }

  function walkDefinition(value: object): unknown {
    const clean = definitions.get(value) ?? walkEntries(value, 'definition', walk);
    definitions.set(value, clean);
    return clean;
  }

  function walkEntries(
    value: object,
    key: string,
    walkValue: (value: unknown, key: string) => unknown,
  ): unknown {
    const used = DATA_KEYED.has(key) ? new Set<string>() : undefined;
    const entries = Object.entries(value);
    let changed: [string, unknown][] | undefined;
    entries.forEach(([name, item], place) => {
      const newName = used === undefined ? name : freeName(text.replace(name), used);
      used?.add(newName);
      const newItem = walkValue(item, name);
      if (newName !== name || newItem !== item) changed ??= entries.slice(0, place);
      changed?.push([newName, newItem]);
    });
    return changed === undefined ? value : Object.fromEntries(changed);
  }

  function walkCaptured(value: { encoding: unknown; data: unknown }): unknown {
    const { encoding, data } = value;
    if (typeof data !== 'string') return value;
    const cut = 'truncated' in value && value.truncated === true;
    const clean = encoding === 'base64' ? redactBase64(data, '', cut) : replaceAll(text, data, cut);
    return clean === data ? value : { ...value, data: clean };
  }

  function redactBase64(value: unknown, _key: string, cut = false): unknown {
    if (typeof value !== 'string') return value;
    const raw = Buffer.from(value, 'base64').toString('latin1');
    const clean = replaceAll(bytes, raw, cut);
    return clean === raw ? value : Buffer.from(clean, 'latin1').toString('base64');
  }

  return walk;
}

/** Two names that differ in a secret only must not become one entry. */
function freeName(name: string, used: ReadonlySet<string>): string {
  if (!used.has(name)) return name;
  let number = 2;
  while (used.has(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}

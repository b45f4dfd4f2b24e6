import { stripVTControlCharacters } from 'node:util';

/** A line of a log without what the tools put around it. */
export interface CleanLine {
  readonly text: string;
  /** Number of the BuildKit step that said it. */
  readonly step?: string;
}

/** What CI systems and docker put in front of a line; several may stand one after the other. */
const PREFIXES: readonly RegExp[] = [
  // GitHub, GitLab (with the stream of its runner), Jenkins, docker logs --timestamps.
  /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?\]?(?: \d\d[OE][+ ]?)? ?/,
  // gh run view --log: job, step and line are separated by tabs.
  /^[^\t]{1,80}\t[^\t]{1,120}\t(?=\ufeff?\d{4}-\d\d-\d\dT)/,
  /^\ufeff/,
  /^\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]? /,
  /^##\[[a-z]+\]/,
  /^::(?:error|warning|notice|debug)[^:]*::/,
  // docker compose.
  /^[\w.-]{1,60} +\| /,
  // BuildKit on a terminal, and its times at the end of a failed step.
  /^(?: ?=> )+(?:# )?/,
  /^\d+\.\d{2,3} /,
];

const STEP = /^#(\d+) (?:\d+\.\d+ )?/;
const LONGEST_TEXT = 4000;

/** A line may be several that a progress display wrote over each other. */
export function cleanLine(raw: string): readonly CleanLine[] {
  return raw.split('\r').flatMap((segment) => {
    const cleaned = stripPrefixes(stripVTControlCharacters(segment));
    return cleaned.text.trim() === '' ? [] : [cleaned];
  });
}

function stripPrefixes(line: string): CleanLine {
  let text = line;
  let step: string | undefined;
  for (let before = ''; before !== text;) {
    before = text;
    for (const prefix of PREFIXES) text = text.replace(prefix, '');
    const match = STEP.exec(text);
    if (match === null) continue;
    step ??= match[1];
    text = text.slice(match[0].length);
  }
  // Logs within logs (kubelet, JSON) escape quotes and line ends, once or several times.
  const short = text
    .slice(0, LONGEST_TEXT)
    .replaceAll(/\\+(?=["'])|\\+n(?=")/g, '')
    .trimEnd();
  return step === undefined ? { text: short } : { text: short, step };
}

import { cleanLine, type CleanLine } from './clean-line.ts';
import { isMention } from './is-mention.ts';
import { MOST_LINES_AFTER, type LogFact, type LogSign, type NearbyLine } from './log-entry.ts';
import { prepareSigns, type Candidate, type PreparedSigns } from './prepare-signs.ts';
import { rankFindings, type LogFinding, type LogLine, type Tally } from './rank-findings.ts';
import { createLineScanner, type RawLine } from './scan-lines.ts';

export interface LogKnowledge {
  /** The likeliest first. */
  readonly findings: readonly LogFinding[];
  readonly facts: readonly LogFact[];
  readonly lines: number;
}

export interface LogMatcher {
  readonly push: (chunk: Buffer) => void;
  readonly end: () => LogKnowledge;
}

interface SeenLine extends RawLine {
  /** Indices of words that a sign asks for. */
  readonly words: readonly number[];
}

const EXCERPT_BEFORE = 2;
const EXCERPT_AFTER = 2;
/** A power of two, so that the place of a line in the ring is cheap. */
const KEPT_LINES = 64;

/**
 * Reads a log of any size, piece by piece, and says which known failures it shows. Memory does not depend on
 * the size of the log.
 */
export function createLogMatcher(prepared: PreparedSigns = prepareSigns()): LogMatcher {
  const { automaton, candidates, facts, order, tests } = prepared;
  const ring: (SeenLine | undefined)[] = new Array<SeenLine | undefined>(KEPT_LINES);
  const tallies = new Map<string, Tally>();
  const shown = new Set<LogFact>();
  let sequence = 0;
  let lines = 0;

  const at = (place: number): SeenLine | undefined =>
    place < 0 || place >= sequence || place < sequence - KEPT_LINES
      ? undefined
      : ring[place % KEPT_LINES];

  const isNear = (place: number, step: string | undefined, near: NearbyLine): boolean => {
    for (let other = place - (near.before ?? 0); other <= place + (near.after ?? 0); other += 1) {
      const line = other === place ? undefined : at(other);
      if (line === undefined) continue;
      const hit = cleanLine(decode(line)).some(
        (clean) =>
          (step === undefined || clean.step === undefined || clean.step === step) &&
          tests(near.line, clean.text),
      );
      if (hit) return true;
    }
    return false;
  };

  const isShown = ({ sign }: Candidate, clean: CleanLine, place: number): boolean =>
    (sign.line === undefined || tests(sign.line, clean.text)) &&
    (sign.unless === undefined || !tests(sign.unless, clean.text)) &&
    (sign.near === undefined || isNear(place, clean.step, sign.near));

  /** What a line may mean, in the order of the entries, up to what holds for any log. */
  const findCandidates = (clean: CleanLine, seen: SeenLine, place: number): Candidate[] => {
    const asked = new Set(seen.words.flatMap((word) => candidates[word] ?? []));
    const found: Candidate[] = [];
    for (const candidate of sortCandidates(asked, order)) {
      if (!isShown(candidate, clean, place)) continue;
      found.push(candidate);
      if (candidate.sign.log === undefined) break;
    }
    return found;
  };

  const judgeLine = (place: number): void => {
    const seen = at(place);
    if (seen === undefined || seen.words.length === 0) return;
    for (const clean of cleanLine(decode(seen))) {
      const found = isMention(clean.text) ? [] : findCandidates(clean, seen, place);
      if (found.length === 0) continue;
      const key = found.map(({ sign }) => order.get(sign)).join(' ');
      const tally = tallies.get(key);
      if (tally !== undefined) {
        tally.count += 1;
        continue;
      }
      const line = { number: seen.number, text: clean.text };
      tallies.set(key, { candidates: found, line, excerpt: quoteAround(place, line), count: 1 });
    }
  };

  const quoteAround = (place: number, line: LogLine): LogLine[] => {
    const quoted: LogLine[] = [];
    for (let other = place - EXCERPT_BEFORE; other <= place + EXCERPT_AFTER; other += 1) {
      const near = at(other);
      if (other === place) quoted.push(line);
      else if (near !== undefined && near.number !== line.number)
        quoted.push({ number: near.number, text: cleanLine(decode(near)).at(-1)?.text ?? '' });
    }
    return quoted;
  };

  const scanner = createLineScanner(automaton, (line, found) => {
    const asked: number[] = [];
    for (const word of found) {
      for (const fact of facts[word] ?? []) shown.add(fact);
      if ((candidates[word] ?? []).length > 0) asked.push(word);
    }
    ring[sequence % KEPT_LINES] = { ...line, words: asked };
    sequence += 1;
    lines = line.number;
    judgeLine(sequence - 1 - MOST_LINES_AFTER);
  });

  return {
    push: scanner.push,
    end: () => {
      scanner.end();
      for (let place = sequence - MOST_LINES_AFTER; place < sequence; place += 1) judgeLine(place);
      return { findings: rankFindings([...tallies.values()], shown), facts: [...shown], lines };
    },
  };
}

function decode({ source, start, end }: RawLine): string {
  return source.toString('utf8', start, end);
}

function sortCandidates(
  found: ReadonlySet<Candidate>,
  order: ReadonlyMap<LogSign, number>,
): Candidate[] {
  return [...found].toSorted((a, b) => (order.get(a.sign) ?? 0) - (order.get(b.sign) ?? 0));
}

import type { RE2JS } from 're2js';
import { compilePattern } from '../../re2-pattern.ts';
import { LOG_ENTRIES } from './log-entries.ts';
import type { LogEntry, LogFact, LogSign } from './log-entry.ts';
import { FACT_WORDS } from './log-facts.ts';
import { buildWordAutomaton, type WordAutomaton } from './word-automaton.ts';

/** What a line may mean. */
export interface Candidate {
  readonly entry: LogEntry;
  readonly sign: LogSign;
}

const REMEMBERED_TEXTS = 1000;

/** Signs by the index of a word that they ask for, and the words themselves. */
function indexWords(entries: readonly LogEntry[]): {
  readonly words: readonly string[];
  readonly candidates: readonly (readonly Candidate[])[];
  readonly facts: readonly (readonly LogFact[])[];
} {
  const words: string[] = [];
  const places = new Map<string, number>();
  const candidates: Candidate[][] = [];
  const facts: LogFact[][] = [];
  const place = (word: string): number => {
    const known = places.get(word);
    if (known !== undefined) return known;
    places.set(word, words.length);
    candidates.push([]);
    facts.push([]);
    return words.push(word) - 1;
  };
  for (const entry of entries)
    for (const sign of entry.signs)
      for (const word of sign.words) candidates[place(word)]?.push({ entry, sign });
  for (const fact of Object.keys(FACT_WORDS) as LogFact[])
    for (const word of FACT_WORDS[fact]) facts[place(word)]?.push(fact);
  return { words, candidates, facts };
}

/** Compiles each expression once, and remembers what it said of the last texts: logs repeat themselves. */
function createTester(): (pattern: string, text: string) => boolean {
  const known = new Map<
    string,
    { readonly compiled: RE2JS; readonly answers: Map<string, boolean> }
  >();
  return (pattern, text) => {
    let expression = known.get(pattern);
    if (expression === undefined) {
      expression = { compiled: compilePattern(`(?i)${pattern}`), answers: new Map() };
      known.set(pattern, expression);
    }
    const { compiled, answers } = expression;
    const answer = answers.get(text);
    if (answer !== undefined) return answer;
    if (answers.size >= REMEMBERED_TEXTS) answers.clear();
    const found = compiled.test(text);
    answers.set(text, found);
    return found;
  };
}

/** What is made of the entries once, for any number of logs. */
export interface PreparedSigns {
  readonly automaton: WordAutomaton;
  /** By the index of a word. */
  readonly candidates: readonly (readonly Candidate[])[];
  readonly facts: readonly (readonly LogFact[])[];
  readonly order: ReadonlyMap<LogSign, number>;
  readonly tests: (pattern: string, text: string) => boolean;
}

/** Makes ready what entries ask of a line. */
export function prepareSigns(entries: readonly LogEntry[] = LOG_ENTRIES): PreparedSigns {
  const { words, candidates, facts } = indexWords(entries);
  const signs = entries.flatMap((entry) => entry.signs);
  return {
    automaton: buildWordAutomaton(words),
    candidates,
    facts,
    order: new Map(signs.map((sign, index) => [sign, index])),
    tests: createTester(),
  };
}

import { RE2JS } from 're2js';
import { type ArchParityError, findNearest, usageError } from '../core/index.ts';
import { findRegularExpressionProblem } from '../suite/index.ts';
import type { Filter, FilterMatch, FilterSubject } from './filter.ts';

const SUBJECTS: readonly FilterSubject[] = ['tag', 'lane', 'name', 'suite'];

/** Nobody writes this many operators by hand; more would exhaust the stack. */
const DEEPEST_NESTING = 200;

/**
 * Reads `--filter`: a plain part of a case id, or an expression of `tag(x)`, `lane(x)`, `name(x)`,
 * `suite(x)` with `!`, `&`, `|` (binding in this order) and parentheses. `/…/` inside a predicate's
 * parentheses is RE2, unanchored; otherwise `name` means a part of the name and the others the whole.
 * @throws ArchParityError `FILTER_INVALID` (exit 2); the message shows the place
 */
export function parseFilter(text: string): Filter {
  if (text.trim() === '') {
    throw usageError('FILTER_INVALID', 'The filter is empty.', 'Write a part of a case id.');
  }
  return isExpression(text) ? new FilterParser(text).parse() : { kind: 'substring', text };
}

/**
 * Whether a text is meant as an expression. Case ids are sentences and may contain parentheses, so
 * a word before a parenthesis counts only when it is a predicate or nearly one.
 */
function isExpression(text: string): boolean {
  if (/^\s*[!(]/.test(text) || /\s[&|]\s/.test(text)) return true;
  return Array.from(text.matchAll(/(?:^|[\s!&|(])([A-Za-z]+)\(/g)).some(
    ([, word = '']) => findSubject(word) !== undefined || nearSubject(word) !== undefined,
  );
}

function findSubject(word: string): FilterSubject | undefined {
  return SUBJECTS.find((subject) => subject === word);
}

function nearSubject(word: string): string | undefined {
  // "case" is one slip away from nothing but what people write for it.
  return word === 'case' || word === 'test' ? 'name' : findNearest(word, SUBJECTS);
}

class FilterParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Filter {
    const filter = this.#parseOr();
    if (this.#peek() === undefined) return filter;
    throw this.#fail(
      this.#at,
      `${quote(this.#rest())} is left over`,
      'Join conditions with & or |.',
    );
  }

  #parseOr(): Filter {
    let left = this.#parseAnd();
    while (this.#take('|')) left = { kind: 'or', left, right: this.#parseAnd() };
    return left;
  }

  #parseAnd(): Filter {
    let left = this.#parseNot();
    while (this.#take('&')) left = { kind: 'and', left, right: this.#parseNot() };
    return left;
  }

  #parseNot(): Filter {
    this.#depth += 1;
    if (this.#depth > DEEPEST_NESTING) throw this.#fail(this.#at, 'this is nested too deeply');
    const filter: Filter = this.#take('!')
      ? { kind: 'not', operand: this.#parseNot() }
      : this.#parsePrimary();
    this.#depth -= 1;
    return filter;
  }

  #parsePrimary(): Filter {
    const start = this.#skipSpaces();
    if (this.#take('(')) {
      const inner = this.#parseOr();
      if (!this.#take(')')) throw this.#fail(start, 'this "(" is not closed', 'Add a ")".');
      return inner;
    }
    const word = /^[^\s&|!()]+/.exec(this.#rest())?.[0] ?? '';
    if (word === '') {
      const found = this.#peek();
      throw this.#fail(
        this.#at,
        found === undefined
          ? 'a condition is missing at the end'
          : `${quote(found)} comes too early`,
        'Write tag(…), lane(…), name(…) or suite(…) here.',
      );
    }
    this.#at += word.length;
    const on = findSubject(word);
    if (this.#text[this.#at] === '(' && on !== undefined) {
      return { kind: 'predicate', on, match: this.#parseArgument(on) };
    }
    throw this.#failWord(word, start, on);
  }

  #failWord(word: string, start: number, on: FilterSubject | undefined): ArchParityError {
    if (on !== undefined) {
      return this.#fail(start, `${quote(word)} needs parentheses`, `Write ${word}(…).`);
    }
    if (this.#text[this.#at] !== '(') {
      return this.#fail(
        start,
        `${quote(word)} is a plain word in an expression`,
        `Write name(${word}) for cases whose name contains it.`,
      );
    }
    const meant = nearSubject(word);
    return this.#fail(
      start,
      `there is no condition ${quote(word)}`,
      meant === undefined
        ? `The conditions are ${SUBJECTS.map((subject) => `${subject}(…)`).join(', ')}.`
        : `Did you mean ${meant}(…)?`,
    );
  }

  /** The text between a predicate's parentheses, which may contain balanced ones. */
  #parseArgument(on: FilterSubject): FilterMatch {
    const open = this.#at;
    this.#at += 1;
    const start = this.#skipSpaces();
    if (this.#text[start] === '/') return this.#parsePattern(start);
    let depth = 1;
    for (let at = start; at < this.#text.length; at += 1) {
      if (this.#text[at] === '(') depth += 1;
      if (this.#text[at] === ')') depth -= 1;
      if (depth > 0) continue;
      const argument = this.#text.slice(start, at).trim();
      if (argument === '') {
        throw this.#fail(open, 'there is nothing in these parentheses', `Write ${on}(something).`);
      }
      this.#at = at + 1;
      return { kind: 'text', text: argument };
    }
    throw this.#fail(open, 'this "(" is not closed', 'Add a ")".');
  }

  #parsePattern(start: number): FilterMatch {
    // A slash inside is written \/ as in other languages; RE2 reads \/ as a slash.
    const source = /^\/((?:[^/\\]|\\.)*)\//s.exec(this.#text.slice(start))?.[1];
    if (source === undefined) {
      throw this.#fail(start, 'this regular expression has no end', 'End it with "/".');
    }
    const problem = source === '' ? { message: 'is empty' } : findRegularExpressionProblem(source);
    if (problem !== undefined) {
      const hint = 'hint' in problem ? problem.hint : undefined;
      throw this.#fail(
        start,
        `the text between the slashes ${problem.message}`,
        hint === undefined ? undefined : `${hint[0]?.toUpperCase() ?? ''}${hint.slice(1)}.`,
      );
    }
    this.#at = start + source.length + 2;
    if (!this.#take(')')) throw this.#fail(this.#at, 'a ")" is missing', 'Add it behind the "/".');
    return { kind: 'pattern', pattern: RE2JS.compile(source) };
  }

  #skipSpaces(): number {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#at;
  }

  #peek(): string | undefined {
    return this.#text[this.#skipSpaces()];
  }

  #take(symbol: string): boolean {
    if (this.#peek() !== symbol) return false;
    this.#at += 1;
    // && and || mean the same to everybody who writes them.
    if (symbol !== '!' && symbol !== '(' && symbol !== ')' && this.#text[this.#at] === symbol) {
      this.#at += 1;
    }
    return true;
  }

  #rest(): string {
    return this.#text.slice(this.#at);
  }

  #fail(at: number, what: string, advice?: string): ArchParityError {
    const line = this.#text.replaceAll(/\p{Cc}/gu, ' ');
    const message = `The filter cannot be read: ${what}.\n  ${line}\n  ${' '.repeat(at)}^`;
    return usageError('FILTER_INVALID', message, advice);
  }
}

function quote(text: string): string {
  return JSON.stringify(text.trim());
}

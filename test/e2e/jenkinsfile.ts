// Reads declarative pipelines: the little of Groovy that they need, and nothing else.

/** A value as it is written. */
export interface Value {
  readonly text: string;
  /** `"`: with variables in it; empty: a name, a number, true or false. */
  readonly quote: '"' | "'" | '';
}

/** `name 'a', b: 1 { … }`, or `NAME = value`. */
export interface Call {
  readonly name: string;
  readonly values: readonly Value[];
  readonly named: Readonly<Record<string, Value>>;
  readonly assigned?: Value;
  readonly body?: readonly Call[];
}

interface Token {
  readonly kind: 'value' | 'mark' | 'end';
  readonly value: Value;
  readonly line: number;
}

const TOKEN =
  /(?<skipped>[ \t]+|\/\/[^\n]*)|'''(?<long>[^\\]*?)'''|'(?<plain>[^'\\\n]*)'|"(?<filled>[^"\\\n]*)"|(?<bare>\w+)|(?<mark>[{}(),:=\n])/gy;

function readTokens(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let end = 0;
  for (const { 0: whole, index, groups = {} } of source.matchAll(TOKEN)) {
    const { long, plain, filled, bare, mark } = groups;
    const literal = long ?? plain;
    if (mark !== undefined) tokens.push({ kind: 'mark', value: { text: mark, quote: '' }, line });
    else if (literal !== undefined)
      tokens.push({ kind: 'value', value: { text: literal, quote: "'" }, line });
    else if (filled !== undefined)
      tokens.push({ kind: 'value', value: { text: filled, quote: '"' }, line });
    else if (bare !== undefined)
      tokens.push({ kind: 'value', value: { text: bare, quote: '' }, line });
    line += whole.split('\n').length - 1;
    end = index + whole.length;
  }
  if (end < source.length) throw new Error(`line ${line} cannot be read`);
  return [...tokens, { kind: 'end', value: { text: '', quote: '' }, line }];
}

/** @throws Error that names the line of what it does not understand */
export function readJenkinsfile(source: string): readonly Call[] {
  const tokens = readTokens(source);
  let at = 0;
  const peek = (): Token => tokens[at] ?? fail('nothing');
  const isMark = (mark: string): boolean => {
    const { kind, value } = peek();
    return kind === 'mark' && value.text === mark;
  };
  const take = (mark: string): boolean => {
    if (!isMark(mark)) return false;
    at += 1;
    return true;
  };
  const calls = readCalls();
  if (peek().kind !== 'end') fail('more');
  return calls;

  function fail(wanted: string): never {
    const { line, value } = tokens[at] ?? { line: 0, value: { text: '' } };
    throw new Error(`line ${line}: ${wanted} was expected before ${JSON.stringify(value.text)}`);
  }

  function readValue(): Value {
    const { kind, value } = peek();
    if (kind !== 'value') fail('a value');
    at += 1;
    return value;
  }

  function readCalls(): readonly Call[] {
    const found: Call[] = [];
    for (;;) {
      while (take('\n'));
      if (isMark('}') || peek().kind === 'end') return found;
      found.push(readCall());
      if (!isMark('}') && peek().kind !== 'end' && !take('\n')) fail('the end of a line');
    }
  }

  function readCall(): Call {
    const { text: name, quote } = readValue();
    if (quote !== '' || /^\d/.test(name)) fail('a name');
    if (take('=')) return { name, values: [], named: {}, assigned: readValue() };
    const isClosed = take('(');
    const values: Value[] = [];
    const named: Record<string, Value> = {};
    if (!(isClosed && isMark(')')) && peek().kind === 'value')
      do {
        const value = readValue();
        if (take(':')) named[value.text] = readValue();
        else values.push(value);
      } while (take(','));
    if (isClosed && !take(')')) fail(')');
    if (!take('{')) return { name, values, named };
    const body = readCalls();
    if (!take('}')) fail('}');
    return { name, values, named, body };
  }
}

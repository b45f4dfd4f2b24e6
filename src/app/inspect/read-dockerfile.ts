/** An image that an instruction names, as written. */
export interface NamedImage {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** One `FROM` with what follows it. */
export interface DockerfileStage {
  readonly base: NamedImage;
  /** `AS name`, in lower case. */
  readonly name?: string;
  /** `--platform=…` as written. */
  readonly platform?: string;
  /** `COPY --from=…` and `RUN --mount=…,from=…`: images and other stages. */
  readonly sources: readonly NamedImage[];
  /** Words of `EXPOSE`, as written. */
  readonly exposed: readonly string[];
}

/** A Dockerfile as far as it names images. */
export interface Dockerfile {
  /** `ARG`s before the first `FROM`, with their defaults as written. */
  readonly globalArgs: readonly { readonly name: string; readonly value?: string }[];
  readonly stages: readonly DockerfileStage[];
}

interface Instruction {
  readonly line: number;
  readonly word: string;
  readonly rest: string;
}

const HEREDOC = /<<-?\s*(["']?)([A-Za-z_]\w*)\1/g;

/** Reads a Dockerfile: continuation lines, comments, here-documents, the escape directive. */
export function readDockerfile(text: string): Dockerfile {
  const globalArgs: { name: string; value?: string }[] = [];
  const stages: (DockerfileStage & { sources: NamedImage[]; exposed: string[] })[] = [];
  for (const { line, word, rest } of readInstructions(text)) {
    const stage = stages.at(-1);
    if (word === 'FROM') {
      const from = /^((?:--\S+\s+)*)(\S+)(?:\s+AS\s+(\S+))?/i.exec(rest);
      if (from === null) continue;
      const platform = /--platform=(\S+)/.exec(from[1] ?? '')?.[1];
      stages.push({
        base: { text: unquote(from[2] ?? ''), line },
        sources: [],
        exposed: [],
        ...(from[3] === undefined ? {} : { name: from[3].toLowerCase() }),
        ...(platform === undefined ? {} : { platform: unquote(platform) }),
      });
    } else if (word === 'ARG' && stage === undefined) {
      globalArgs.push(...readArgs(rest));
    } else if (word === 'EXPOSE') {
      stage?.exposed.push(...rest.split(/\s+/));
    } else if (word === 'COPY' || word === 'RUN') {
      stage?.sources.push(...readSources(word, rest).map((source) => ({ text: source, line })));
    }
  }
  return { globalArgs, stages };
}

function readSources(word: string, rest: string): string[] {
  const flags = /^(?:--\S+\s+)*/.exec(rest)?.[0] ?? '';
  const pattern = word === 'COPY' ? /--from=(\S+)/g : /--mount=(?:\S*,)?from=([^\s,]+)/g;
  return [...flags.matchAll(pattern)].map(([, source = '']) => unquote(source));
}

function readArgs(rest: string): { name: string; value?: string }[] {
  const words = rest.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((text) => {
    const at = text.indexOf('=');
    return at < 0
      ? { name: text }
      : { name: text.slice(0, at), value: unquote(text.slice(at + 1)) };
  });
}

function unquote(text: string): string {
  return text.replaceAll(/["']/g, '');
}

function readInstructions(text: string): Instruction[] {
  const lines = text.replace(/^\u{feff}/u, '').split(/\r?\n/);
  const escape = /^#\s*escape\s*=\s*(\S)/im.exec(headOf(lines))?.[1] ?? '\\';
  const instructions: Instruction[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const first = index;
    let joined = '';
    for (; index < lines.length; index += 1) {
      const line = lines[index] ?? '';
      if (/^\s*#/.test(line) || (joined !== '' && line.trim() === '')) continue;
      const continued = line.trimEnd().endsWith(escape);
      joined += continued ? `${line.trimEnd().slice(0, -1)} ` : line;
      if (!continued) break;
    }
    const [, word = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*)$/s.exec(joined) ?? [];
    if (word === '') continue;
    instructions.push({ line: lineOf(lines, first), word: word.toUpperCase(), rest: rest.trim() });
    if (!/^(?:RUN|COPY|ADD)$/i.test(word)) continue;
    for (const [, , end = ''] of joined.matchAll(HEREDOC)) {
      const closing = lines.findIndex((line, at) => at > index && line.trim() === end);
      if (closing > index) index = closing;
    }
  }
  return instructions;
}

/** Directives stand before everything else, each on a line of its own. */
function headOf(lines: readonly string[]): string {
  const end = lines.findIndex((line) => !/^#\s*\w+\s*=/.test(line));
  return lines.slice(0, end < 0 ? lines.length : end).join('\n');
}

/** An instruction begins behind the comments before it. */
function lineOf(lines: readonly string[], first: number): number {
  const at = lines.findIndex((line, index) => index >= first && !/^\s*(?:#.*)?$/.test(line));
  return (at < 0 ? first : at) + 1;
}

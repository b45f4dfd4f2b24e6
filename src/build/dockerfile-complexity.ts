/** How much more a second Dockerfile says than the first. */
export interface DockerfileDifference {
  /** Lines of the second that are not in the first, and the other way round; blank lines and comments left out. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

function instructions(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) => line !== '' && (!line.startsWith('#') || /^#\s*(?:syntax|escape)\s*=/.test(line)),
    );
}

/** Compares two Dockerfiles as lists of lines, by their longest common subsequence. */
export function compareDockerfiles(plain: string, other: string): DockerfileDifference {
  const [a, b] = [instructions(plain), instructions(other)];
  const lengths = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  for (let row = a.length - 1; row >= 0; row -= 1) {
    for (let column = b.length - 1; column >= 0; column -= 1) {
      const line = lengths[row];
      if (line === undefined) continue;
      line[column] =
        a[row] === b[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const [added, removed]: [string[], string[]] = [[], []];
  let [row, column] = [0, 0];
  while (row < a.length || column < b.length) {
    if (row < a.length && column < b.length && a[row] === b[column]) {
      row += 1;
      column += 1;
    } else if (
      column < b.length &&
      (row === a.length || at(row, column + 1) >= at(row + 1, column))
    ) {
      added.push(b[column] ?? '');
      column += 1;
    } else {
      removed.push(a[row] ?? '');
      row += 1;
    }
  }
  return { added, removed };
}

/** Programs whose presence in a RUN line says that something is compiled. */
const COMPILERS =
  /\b(?:gcc|g\+\+|clang|cc|make|cmake|ninja|meson|\.\/configure|cargo|rustc|go (?:build|install)|npm (?:ci|install|rebuild)|node-gyp|pip3? install|mvn|gradle|dotnet|swift build|zig|bazel)\b/;

/** The RUN lines of a Dockerfile that compile something, by their words: the old rule of thumb. */
export function findCompilations(text: string): string[] {
  const joined = text.replaceAll(/\\\n\s*/g, ' ');
  return instructions(joined).filter((line) => /^RUN\b/i.test(line) && COMPILERS.test(line));
}

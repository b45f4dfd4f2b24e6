/**
 * Whether a path matches a glob: `*` and `?` stay within a component, `**` as a whole component spans
 * any number of them. Linear for each component, so a hostile pattern cannot stall a run.
 */
export function matchesGlob(path: string, glob: string): boolean {
  return matchComponents(splitPath(path), splitPath(glob));
}

function splitPath(path: string): string[] {
  return path.split('/').filter((component) => component !== '' && component !== '.');
}

/** Greedy with one remembered star, here over components with `**` as the star. */
function matchComponents(path: readonly string[], glob: readonly string[]): boolean {
  return matchWithStar(path.length, glob.length, {
    isStar: (g) => glob[g] === '**',
    matches: (p, g) => matchComponent(path[p] ?? '', glob[g] ?? ''),
  });
}

function matchComponent(text: string, pattern: string): boolean {
  return matchWithStar(text.length, pattern.length, {
    isStar: (g) => pattern[g] === '*',
    matches: (p, g) => pattern[g] === '?' || pattern[g] === text[p],
  });
}

interface StarMatch {
  readonly isStar: (patternIndex: number) => boolean;
  readonly matches: (textIndex: number, patternIndex: number) => boolean;
}

function matchWithStar(textLength: number, patternLength: number, match: StarMatch): boolean {
  let text = 0;
  let pattern = 0;
  let starAt = -1;
  let starText = 0;
  while (text < textLength) {
    if (pattern < patternLength && match.isStar(pattern)) {
      starAt = pattern;
      starText = text;
      pattern += 1;
    } else if (pattern < patternLength && match.matches(text, pattern)) {
      text += 1;
      pattern += 1;
    } else if (starAt !== -1) {
      starText += 1;
      text = starText;
      pattern = starAt + 1;
    } else {
      return false;
    }
  }
  while (pattern < patternLength && match.isStar(pattern)) pattern += 1;
  return pattern === patternLength;
}

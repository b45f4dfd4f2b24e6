type Version = readonly [major: number, minor: number, patch: number, pre: readonly string[]];

const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
const CONDITION =
  /^(<=|>=|==|!=|<|>|=|!)?v?(\d+)(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z.-]+))?$/;

/**
 * Whether all of some versions lie in a range: conditions beside each other all hold, of groups between `||` one
 * does (`>1.0.0 <2.0.0 !=1.5.0 || 3.x`). What is no version (semver.org) lies in none.
 */
export function satisfiesVersions(texts: readonly string[], range: string): boolean {
  const versions = texts.map(parseVersion);
  const groups = range.split('||').map(readConditions);
  return (
    versions.length > 0 &&
    versions.every(
      (version) =>
        version !== undefined && groups.some((group) => group.every((holds) => holds(version))),
    )
  );
}

function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text.trim());
  if (match === null) return undefined;
  const [, major, minor, patch, pre] = match;
  return [Number(major), Number(minor), Number(patch), pre === undefined ? [] : pre.split('.')];
}

type Condition = (version: Version) => boolean;

function readConditions(group: string): Condition[] {
  // `> 1.0.0` is one condition, too.
  const words = group.trim().replaceAll(/([<>=!])\s+/g, '$1');
  // Of an empty group, the one word that is left is no condition: it holds for nothing.
  return words.split(/\s+/).map(readCondition);
}

function readCondition(word: string): Condition {
  const match = CONDITION.exec(word);
  if (match === null) return () => false;
  const [, operator = '=', major = '0', minor = 'x', patch = 'x', pre] = match;
  const low: Version = [
    Number(major),
    isWild(minor) ? 0 : Number(minor),
    isWild(patch) ? 0 : Number(patch),
    pre === undefined ? [] : pre.split('.'),
  ];
  // The first version that a wildcard does not stand for.
  const high: Version | undefined = isWild(minor)
    ? [low[0] + 1, 0, 0, []]
    : isWild(patch)
      ? [low[0], low[1] + 1, 0, []]
      : undefined;
  const isInside: Condition = (version) =>
    high === undefined
      ? compareVersions(version, low) === 0
      : compareVersions(version, low) >= 0 && compareVersions(version, high) < 0;
  switch (operator) {
    case '<':
      return (version) => compareVersions(version, low) < 0;
    case '<=':
      return (version) => compareVersions(version, low) < 0 || isInside(version);
    case '>':
      return (version) => compareVersions(version, low) > 0 && !isInside(version);
    case '>=':
      return (version) => compareVersions(version, low) >= 0;
    case '!':
    case '!=':
      return (version) => !isInside(version);
    default:
      return isInside;
  }
}

function isWild(part: string): boolean {
  return /[xX*]/.test(part);
}

/** Source: semver.org, 11. */
function compareVersions(left: Version, right: Version): number {
  for (const at of [0, 1, 2] as const) if (left[at] !== right[at]) return left[at] - right[at];
  const [a, b] = [left[3], right[3]];
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const order = comparePart(a[at], b[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(left: string | undefined, right: string | undefined): number {
  if (left === right) return 0;
  if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
  const [a, b] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (a && b) return Number(left) - Number(right);
  if (a !== b) return a ? -1 : 1;
  return left < right ? -1 : 1;
}

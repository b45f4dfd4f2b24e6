/** `7.2.22` of `7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)`. */
export function shortVersion(version: string): string {
  return /^\d+(?:\.\d+)*(?:-rc\d+)?/.exec(version)?.[0] ?? version;
}

/** Orders versions of QEMU by their numbers; a release comes after its candidates. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map(readParts) as [Parts, Parts];
  for (let at = 0; at < Math.max(a.numbers.length, b.numbers.length); at += 1) {
    const order = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0);
    if (order !== 0) return order;
  }
  if (a.candidate === b.candidate) return 0;
  return a.candidate < b.candidate ? -1 : 1;
}

interface Parts {
  readonly numbers: readonly number[];
  readonly candidate: number;
}

function readParts(version: string): Parts {
  const [numbers = '', candidate] = shortVersion(version).split('-rc');
  return {
    numbers: numbers.split('.').map(Number),
    candidate: candidate === undefined ? Number.POSITIVE_INFINITY : Number(candidate),
  };
}

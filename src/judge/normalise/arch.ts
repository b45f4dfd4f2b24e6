import { platformFacts, type Platform } from '../../core/index.ts';
import { PLACEHOLDER, rewriteMatches, type NormaliseContext, type Rewriter } from './rewriter.ts';

/**
 * Every name of a platform that stands for itself in a text. GNU and Rust triplets contribute their
 * first part; a name of digits only (`386`) would eat numbers.
 */
export function architectureNames(platform: Platform): string[] {
  const facts = platformFacts(platform);
  const spellings = [
    ...Object.values(facts).filter((value) => typeof value === 'string'),
    facts.oci.architecture,
    ...facts.aliases,
  ];
  const names = spellings.map((name) => (name.includes('-linux-') ? firstPart(name) : name));
  return [...new Set(names)].filter((name) => /[a-z]/i.test(name));
}

/**
 * Hides the names of the compared lanes' architectures: bare (`aarch64`), as a platform
 * (`linux/arm64`), in a triplet or Debian multiarch directory (`x86_64-linux-gnu`) and as an ELF
 * interpreter. Only whole words: a letter or digit on either side keeps a name.
 */
export function createArchRewriter(context: NormaliseContext): Rewriter {
  const names = [...new Set(context.platforms.flatMap(architectureNames))]
    .sort((a, b) => b.length - a.length)
    .map(escapePattern)
    .join('|');
  const directory = String.raw`(?<directory>/(?:usr/)?lib(?:64|32|x32)?/(?:(?:${names})-linux-\w{1,16}/)?)?`;
  const musl = String.raw`ld-(?<musl>musl)-[A-Za-z0-9_-]{1,24}\.so\.1`;
  const glibc = String.raw`(?<glibc>ld(?:64)?(?:-linux(?:-[A-Za-z0-9_-]{1,24})?)?)\.so\.[1-3]`;
  const loader = String.raw`(?<![\w-]|${PLACEHOLDER})${directory}(?:${musl}|${glibc})`;
  const triplet = String.raw`(?:(?:-(?:pc|unknown))?-linux-(?<libc>gnu|musl)(?:eabihf|eabi|abi64|abin32)?)?`;
  const pattern = new RegExp(
    `(?:${loader}|(?<![A-Za-z0-9])(?:${names})${triplet})(?![A-Za-z0-9])`,
    'gi',
  );
  return {
    name: 'arch',
    rewrite: (text) =>
      rewriteMatches(text, pattern, (_match, { directory, musl, glibc, libc }) => {
        const place = directory === undefined ? '' : '/lib/';
        // The C library is not the architecture: musl against glibc must stay visible.
        if (musl !== undefined) return `${place}ld-musl-<arch>.so`;
        if (glibc !== undefined) return `${place}ld-<arch>.so`;
        return libc === undefined ? '<arch>' : `<arch>-linux-${libc.toLowerCase()}`;
      }),
  };
}

function escapePattern(name: string): string {
  return name.replace(/[^\w]/g, String.raw`\$&`);
}

function firstPart(triplet: string): string {
  return triplet.slice(0, triplet.indexOf('-'));
}

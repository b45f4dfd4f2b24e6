import { PLATFORMS, platformFacts, type Platform } from '../core/index.ts';

/** Replaces the names of a platform in a path or text. */
export type NormalisePlatform = (text: string) => string;

const PLACEHOLDER = '{arch}';

/**
 * Makes texts of different platforms comparable: `/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1`
 * becomes `/lib/{arch}/ld-linux-{arch}.so.1`. Only whole words are replaced, so `arm` is not found
 * in `alarm`.
 */
export function createPlatformNormaliser(platform: Platform): NormalisePlatform {
  return replaceWords(platformWords(platform));
}

/**
 * The same for the names of all platforms: for text that names several of them, which must not become
 * different because each side replaced its own.
 */
export function createAnyPlatformNormaliser(): NormalisePlatform {
  return replaceWords(PLATFORMS.flatMap(({ platform }) => platformWords(platform)));
}

function platformWords(platform: Platform): string[] {
  const facts = platformFacts(platform);
  return [
    facts.gnuTriplet,
    facts.rust,
    facts.uname,
    facts.debian,
    facts.go,
    // Loaders and Debian's packages write `x86-64` and others `x86_64` for the same; npm and .NET write `x64`.
    facts.uname.replaceAll('_', '-'),
    facts.gnuTriplet.replaceAll('_', '-'),
    ...facts.aliases.filter((alias) => !alias.includes('/')),
  ];
}

function replaceWords(words: readonly string[]): NormalisePlatform {
  // Longest first, or a part of a triplet would be replaced and the rest left.
  const alternatives = [...new Set(words)]
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![A-Za-z0-9])(?:${alternatives.join('|')})(?![A-Za-z0-9])`, 'g');
  return (text) => text.replace(pattern, PLACEHOLDER);
}

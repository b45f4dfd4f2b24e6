import type { ChangedFile, Difference, HiddenDifference } from '../../core/index.ts';
import { normalisePair, type PairPlace } from '../normalise/normalise-pair.ts';
import type { Rewriter } from '../normalise/rewriter.ts';
import { compareBytes } from './compare-bytes.ts';

export interface FileContext {
  readonly rewriters: readonly Rewriter[];
  readonly place: PairPlace;
}

export interface FileComparison {
  readonly differences: readonly Difference[];
  readonly hidden: readonly HiddenDifference[];
}

/** Compares one path of both sides: type, mode, owner, extended attributes, link target, content. */
export function compareFile(
  left: ChangedFile,
  right: ChangedFile,
  context: FileContext,
): FileComparison {
  const { between } = context.place;
  const differ = (aspect: string, leftValue: string, rightValue: string): Difference[] =>
    leftValue === rightValue
      ? []
      : [
          {
            between,
            what: 'files',
            where: `${left.path}: ${aspect}`,
            left: leftValue,
            right: rightValue,
          },
        ];

  if (left.type !== right.type) {
    return { differences: differ('type', left.type, right.type), hidden: [] };
  }
  const link = normalisePair(left.linkTarget ?? '', right.linkTarget ?? '', context);
  const content = compareContent(left, right, context);
  return {
    differences: [
      ...differ('mode', formatMode(left.mode), formatMode(right.mode)),
      ...differ('owner', `${left.uid}:${left.gid}`, `${right.uid}:${right.gid}`),
      ...differ('xattrs', formatXattrs(left), formatXattrs(right)),
      ...differ('opaque', String(left.opaque ?? false), String(right.opaque ?? false)),
      ...differ('link', link.left, link.right),
      ...content.differences,
    ],
    hidden: [...link.hidden, ...content.hidden],
  };
}

function compareContent(
  left: ChangedFile,
  right: ChangedFile,
  context: FileContext,
): FileComparison {
  const same = left.sha256 !== undefined && left.sha256 === right.sha256;
  const hasContent = left.type === 'file' || left.content !== undefined;
  const ignored = left.contentIgnored === true && right.contentIgnored === true;
  if (!hasContent || same || ignored) return { differences: [], hidden: [] };
  const common = { between: context.place.between, what: 'files' } as const;
  if (left.content === undefined || right.content === undefined) {
    const unknown =
      left.size === right.size && (left.sha256 === undefined || right.sha256 === undefined);
    return {
      differences: unknown
        ? []
        : [
            {
              ...common,
              where: `${left.path}: content`,
              left: describeContent(left),
              right: describeContent(right),
            },
          ],
      hidden: [],
    };
  }
  const { difference, hidden } = compareBytes(left.content, right.content, context);
  if (difference === undefined) return { differences: [], hidden };
  const { where, ...sides } = difference;
  return { differences: [{ ...common, where: `${left.path}: ${where}`, ...sides }], hidden };
}

/**
 * One side of a path that only one lane has changed. The other has left it as it was: there with the
 * image's content, or not there.
 */
export function describeChange(file: ChangedFile | undefined): string {
  if (file === undefined) return '(unchanged)';
  switch (file.type) {
    case 'removed':
    case 'missing':
      return file.type;
    case 'symlink':
      return file.linkTarget === undefined ? 'symlink' : `symlink to ${file.linkTarget}`;
    case 'file':
      return `file, mode ${formatMode(file.mode)}, ${file.size} bytes`;
    case 'directory':
    case 'fifo':
    case 'socket':
    case 'char-device':
    case 'block-device':
      return `${file.type}, mode ${formatMode(file.mode)}`;
  }
}

/** Permission bits as `chmod` takes them, e.g. `0644`. */
export function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function formatXattrs(file: ChangedFile): string {
  const entries = Object.entries(file.xattrs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, value]) => `${name}=${value}`).join(' ') || '(none)';
}

function describeContent(file: ChangedFile): string {
  const digest = file.sha256 === undefined ? '' : `, sha256 ${file.sha256.slice(0, 12)}`;
  return `${file.size} bytes${digest}`;
}

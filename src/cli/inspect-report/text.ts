import type {
  FindingCounts,
  InspectedPlatform,
  InspectReport,
  ImageFinding,
} from '../../app/inspect.ts';
import { createPalette, escapeControl, plural, type Palette } from '../../report/index.ts';
import { formatSize } from './format-size.ts';

export interface InspectTextOptions {
  readonly color: boolean;
  /** Only errors. */
  readonly quiet: boolean;
  /** Every place of every finding. */
  readonly verbose: boolean;
}

const SEVERITY_WIDTH = 8;
/** The JSON has all of them. */
const SHOWN_FINDINGS = 20;
const SHOWN_PLACES = 3;
const DIGEST_LENGTH = 'sha256:'.length + 12;
const LONGEST_INSTRUCTION = 90;

/** The severity as a word of fixed width, in its colour. */
export function paintSeverity(severity: ImageFinding['severity'], palette: Palette): string {
  const word = severity.padEnd(SEVERITY_WIDTH);
  if (severity === 'error') return palette.label('mismatch')(word);
  return severity === 'warning' ? palette.warning(word) : palette.dim(word);
}

/** The platforms of an image with their layers and findings, for people. */
export function formatInspectText(report: InspectReport, options: InspectTextOptions): string {
  const palette = createPalette(options.color);
  const { image, summary } = report;
  const lines = options.quiet
    ? []
    : [
        `${palette.bold(escapeControl(image.reference))} · ${plural(image.platforms.length, 'platform')}`,
      ];
  for (const platform of image.platforms) {
    const findings = formatFindings(platform, options, palette);
    if (options.quiet && findings.length === 0) continue;
    lines.push(...(options.quiet ? [] : ['']), formatPlatform(platform, palette));
    if (!options.quiet) lines.push(...formatLayers(platform, palette));
    lines.push(...findings);
  }
  if (!options.quiet) lines.push('', formatSummary(summary, palette));
  return lines.map((line) => `${line}\n`).join('');
}

function formatPlatform(
  { platform, declared, digest, size, layers, audit }: InspectedPlatform,
  palette: Palette,
): string {
  const facts = [
    ...(digest === undefined ? [] : [shortDigest(digest)]),
    ...(size === undefined ? [] : [formatSize(size), plural(layers.length, 'layer')]),
    ...(audit === undefined
      ? []
      : [`${plural(audit.files, 'file')}, ${audit.elfFiles} programs and libraries`]),
    ...(audit === undefined || audit.unreadable === 0
      ? []
      : [`${audit.unreadable} could not be read`]),
  ];
  const shown = palette.bold(escapeControl(declared ?? platform));
  const config = declared === undefined ? '' : ` (its config: ${escapeControl(platform)})`;
  return `${shown}${config}  ${facts.join(' · ')}`;
}

function formatLayers({ layers }: InspectedPlatform, palette: Palette): string[] {
  return layers.map(({ digest, size, createdBy }, index) =>
    palette.dim(
      `  layer ${index + 1}  ${shortDigest(digest)}  ${formatSize(size).padStart(8)}${
        createdBy === undefined ? '' : `  ${shortInstruction(createdBy)}`
      }`,
    ),
  );
}

function formatFindings(
  { audit, layers }: InspectedPlatform,
  { quiet, verbose }: InspectTextOptions,
  palette: Palette,
): string[] {
  if (audit === undefined) return [];
  const wanted = audit.findings.filter(({ severity }) => !quiet || severity === 'error');
  const shown = verbose ? wanted : wanted.slice(0, SHOWN_FINDINGS);
  const lines = shown.flatMap((finding) => [
    `  ${paintSeverity(finding.severity, palette)} ${escapeControl(finding.message)}`,
    ...formatPlaces(finding, layers, verbose).map((line) =>
      palette.dim(`  ${' '.repeat(SEVERITY_WIDTH)}   ${line}`),
    ),
  ]);
  const omitted = Object.values(audit.omitted).reduce((total, count) => total + count, 0);
  const more = wanted.length - shown.length + (quiet ? 0 : omitted);
  return more === 0 ? lines : [...lines, `  … ${plural(more, 'more finding')}`];
}

/** Paths that the message does not name, and the layers that brought them. */
function formatPlaces(
  { places, count, severity, message }: ImageFinding,
  layers: InspectedPlatform['layers'],
  verbose: boolean,
): string[] {
  const isNamed = count === 1 && message.includes(places[0]?.path ?? '');
  const shown = verbose ? places : places.slice(0, SHOWN_PLACES);
  const more = count - shown.length;
  const paths = shown.map(({ path }) => escapeControl(path)).join(', ');
  const brought = [...new Set(shown.flatMap(({ layer }) => layer ?? []))];
  return [
    ...(isNamed || paths === '' ? [] : [more > 0 ? `${paths} and ${more} more` : paths]),
    // Of an image of one layer nobody needs to be told.
    ...(severity === 'note' || (layers.length < 2 && !verbose)
      ? []
      : brought.map((index) => {
          const { createdBy, digest = '' } = layers[index] ?? {};
          const made = createdBy === undefined ? shortDigest(digest) : shortInstruction(createdBy);
          return `layer ${index + 1} of ${layers.length}: ${made}`;
        })),
  ];
}

function formatSummary({ errors, warnings, notes }: FindingCounts, palette: Palette): string {
  const counts = `${plural(errors, 'error')} · ${plural(warnings, 'warning')} · ${plural(notes, 'note')}`;
  return errors > 0
    ? `${palette.label('mismatch')('FAILED')}  ${counts}`
    : `${palette.label('ok')('OK')}  ${counts}`;
}

function shortDigest(digest: string): string {
  return digest.slice(0, DIGEST_LENGTH);
}

/** An instruction as it was written in the Dockerfile, on one line. */
function shortInstruction(createdBy: string): string {
  const plain = createdBy
    .replace(/^\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/\s*# buildkit$/, '')
    .replaceAll(/\s+/g, ' ');
  const line = escapeControl(plain);
  return line.length <= LONGEST_INSTRUCTION ? line : `${line.slice(0, LONGEST_INSTRUCTION - 1)}…`;
}

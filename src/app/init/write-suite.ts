import { hostPlatform, type Platform } from '../../core/index.ts';
import { writeScalar } from '../../suite/index.ts';
import { renderCommented, type CommentedLine } from './commented-lines.ts';
import type { FoundCompanion, FoundProgram } from './repository.ts';

const HEAD: readonly CommentedLine[] = [
  '# Made by archparity init. Each case runs natively and under emulation, and what it did is compared.',
  '# Change it as you like: archparity schema says what else a case can have.',
];

/** An image with what is known of it. */
export interface ImageSuite {
  readonly name: string;
  readonly reference: string;
  /** What the reference is, for its comment. */
  readonly origin: string;
  readonly ports: readonly number[];
  readonly env: Readonly<Record<string, string>>;
  readonly companions: readonly FoundCompanion[];
  /** Absent = it is built for all that are compared. */
  readonly platforms?: readonly Platform[];
}

/** The suite of a program, whose paths start at the suite's directory. */
export function writeProgramSuite({ name, paths }: FoundProgram): string {
  const platforms = Object.keys(paths) as Platform[];
  const lines: CommentedLine[] = [
    ...HEAD,
    ['version: 1', 'of the format'],
    [`name: ${writeScalar(name)}`, `cases are called ${name}/NAME`],
    ...chooseLanes(platforms),
    ['subject:', 'what is tested'],
    ['  binary:', 'one program for each platform; paths start at this file'],
    ...platforms.map(
      (platform) => `    ${platform}: ${writeScalar(`../${paths[platform] ?? ''}`)}`,
    ),
    '',
    'cases:',
    ['  - name: says its version', 'the id of this case is its name behind that of the suite'],
    ['    args: [--version]', 'arguments of the program'],
    ['    timeout: 30s', 'a program that hangs under emulation is stopped'],
    ...expectEnd(platforms),
    '',
    '  - name: says how it is used',
    '    args: [--help]',
    '    timeout: 30s',
    ...expectEnd(platforms),
    '',
    '  # Next: cases of real work, with what they read and write.',
    '  # - name: converts a file',
    '  #   args: [convert, in.json, out.json]',
    '  #   fixtures: [testdata/in.json]              # copied into the working directory',
    '  #   compare: [exit, stdout, files]            # the files that it writes, too',
  ];
  return renderCommented(lines);
}

/** Without a program for this machine there is nothing to compare with: it is run and checked only. */
function chooseLanes(platforms: readonly Platform[]): readonly CommentedLine[] {
  if (platforms.includes(hostPlatform()) && platforms.length > 1) return [];
  const lane = platforms.includes(hostPlatform()) ? 'native' : 'emulated';
  return [
    [`lanes: [${lane}]`, 'there is a program for one platform only: nothing to compare it with'],
  ];
}

function expectEnd(platforms: readonly Platform[]): readonly CommentedLine[] {
  if (chooseLanes(platforms).length === 0)
    return [
      [
        '    compare: [exit, stdout, stderr]',
        'without expect nothing is checked, lanes are only compared',
      ],
    ];
  return [
    ['    compare: []', 'nothing is compared'],
    ['    expect: {exit: 0}', 'it must end well'],
  ];
}

/** The suite of an image: that its programs can start, and that it does the same. */
export function writeImageSuite(image: ImageSuite): string {
  const { name, reference, origin, platforms } = image;
  const lines: CommentedLine[] = [
    ...HEAD,
    ['version: 1', 'of the format'],
    [`name: ${writeScalar(name)}`, `cases are called ${name}/NAME`],
    ...(platforms === undefined ? [] : chooseLanes(platforms)),
    ['subject:', 'what is tested'],
    [`  image: ${writeScalar(reference)}`, origin],
    '',
    'cases:',
    ['  - name: every program can start', 'nothing is run: the image is looked at'],
    ['    inspect: programs', 'loaders, libraries and programs of another platform'],
    ["    expect: {stdout: {equals: ''}}", 'what cannot start would be printed'],
    '',
    ...writeStart(image),
  ];
  return renderCommented(lines);
}

function writeStart(image: ImageSuite): readonly CommentedLine[] {
  const [port] = image.ports;
  const isCompared = image.platforms === undefined || chooseLanes(image.platforms).length === 0;
  if (port === undefined)
    return [
      ['  - name: starts as configured', 'its entrypoint and command, as docker run starts them'],
      ['    timeout: 60s', 'a program that hangs under emulation is stopped'],
      ...writeEnvironment('    ', image.env),
      isCompared
        ? ['    compare: [exit, stdout]', 'what must be the same on all lanes']
        : ['    compare: []', 'there is nothing to compare it with'],
      ...writeCompanions(image.companions),
    ];
  return [
    ['  - name: answers', 'a server: started, asked, stopped'],
    '    service:',
    ['      start: {}', 'its entrypoint and command, as docker run starts them'],
    [
      `      ready: {port: ${String(port)}, within: 60s}`,
      'it accepts connections: EXPOSE, or ports of compose',
    ],
    ['      requests:', 'what is asked, in order; answers are compared'],
    [
      `        - http: {port: ${String(port)}, path: /}`,
      'or tcp: {port, send}, or run: [command, in, it]',
    ],
    ['      stop: {signal: SIGTERM, within: 30s}', 'how it is asked to end'],
    ...writeEnvironment('    ', image.env),
    isCompared
      ? ['    compare: [exit, responses]', 'its log (stdout) has times and is left out']
      : ['    compare: []', 'there is nothing to compare it with'],
    ...writeCompanions(image.companions),
  ];
}

function writeEnvironment(
  indent: string,
  env: Readonly<Record<string, string>>,
): readonly CommentedLine[] {
  const entries = Object.entries(env);
  if (entries.length === 0) return [];
  return [
    [`${indent}env:`, 'from the compose file'],
    // A value is always quoted: the format takes no numbers.
    ...entries.map(([name, value]) => `${indent}  ${writeScalar(name)}: ${JSON.stringify(value)}`),
  ];
}

function writeCompanions(companions: readonly FoundCompanion[]): readonly CommentedLine[] {
  if (companions.length === 0) return [];
  return [
    ['    with:', 'what it depends on: further containers in its network'],
    ...companions.flatMap(({ name, image, port, env }): CommentedLine[] => [
      `      ${writeScalar(name)}:`,
      `        image: ${writeScalar(`docker://${image}`)}`,
      ...writeEnvironment('        ', env),
      ...(port === undefined
        ? []
        : [[`        ready: {port: ${String(port)}}`, 'then the next one starts'] as const]),
    ]),
  ];
}

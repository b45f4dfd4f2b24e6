import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type CaseDefinition, type Suite, usageError } from '../../core/index.ts';
import { parseReference } from '../../image/index.ts';
import { loadSuiteFile } from '../../suite/index.ts';
import { filesOf } from '../case-files.ts';
import type { CarriedSuite } from './manifest-request.ts';

/** A ConfigMap holds 1 MiB, its other fields included (Kubernetes, "ConfigMaps"). */
const MOST_BYTES = 1000 * 1024;

/** What a key of a ConfigMap may be, and a file name that ends as suites do. */
const FILE_NAME = /^[-._A-Za-z0-9]{1,253}$/;

/**
 * Reads and checks the suites that a manifest carries.
 * @throws ArchParityError `K8S_SUITE_NAME`, `K8S_SUITES_TOO_LARGE`, `K8S_SUITE_LOCAL` (exit 2), and what
 *   `loadSuiteFile` throws
 */
export async function carrySuites(files: readonly string[]): Promise<CarriedSuite[]> {
  const carried: CarriedSuite[] = [];
  for (const path of files) {
    const suite = await loadSuiteFile(path, { cwd: process.cwd() });
    for (const definition of suite.cases) refuseLocalFiles(path, definition);
    const file = basename(path);
    refuseName(file, carried);
    carried.push({ file, text: await readFile(path, 'utf8') });
  }
  const bytes = carried.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes > MOST_BYTES)
    throw usageError(
      'K8S_SUITES_TOO_LARGE',
      `The suites have ${bytes} bytes, and a ConfigMap holds 1 MiB.`,
      'Put them into the runner image, and name them as SUITE.',
    );
  return carried;
}

function refuseName(file: string, carried: readonly CarriedSuite[]): void {
  if (carried.some((other) => other.file === file))
    throw usageError('K8S_SUITE_NAME', `Two suites are called ${file}.`, 'Rename one.');
  if (!FILE_NAME.test(file) || /\.[cm]?[jt]s$/.test(file))
    throw usageError(
      'K8S_SUITE_NAME',
      `A manifest cannot carry ${JSON.stringify(file)}.`,
      'It carries YAML and JSON with names of letters, digits, dots, dashes and underscores; put others into the runner image.',
    );
}

/** Files that are here, and so most likely not in the pod. */
function refuseLocalFiles(path: string, definition: CaseDefinition): void {
  const local = namedFiles(definition).find((name) => existsSync(name));
  if (local === undefined) return;
  throw usageError(
    'K8S_SUITE_LOCAL',
    `${path}: the case "${definition.name}" needs ${local}, which is a file of this machine.`,
    'Put the suite and its files into the runner image and name it as SUITE, or take the image from a registry.',
  );
}

function namedFiles(definition: CaseDefinition): readonly string[] {
  const { subject, with: companions } = definition;
  const subjects: Suite['cases'][number]['subject'][] = [
    subject,
    ...(companions ?? []).map((companion) => companion.subject),
  ];
  const ofSubjects = subjects.flatMap((one) => {
    if (one.kind === 'binary') return Object.values(one.paths);
    const reference = parseReference(one.reference);
    return reference.kind === 'image' && reference.location.startsWith('/')
      ? [reference.location]
      : [];
  });
  return [...ofSubjects, ...filesOf(definition)];
}

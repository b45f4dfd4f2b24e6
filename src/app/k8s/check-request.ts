import { platformFacts, usageError } from '../../core/index.ts';
import { parseReference } from '../../image/index.ts';
import type { ManifestRequest, RecordsPlace } from './manifest-request.ts';

/** Options of `archparity test` that each pod is given, or that what it is given excludes. */
const TAKEN = ['--shard', '--record', '--resume', '--rerun-failed'];

/** A DNS label (RFC 1123), and room for what is put behind it: a pod's name is one, too. */
const RUN_NAME = /^[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/;
/** A configured remote, or one of which all is said (rclone, "Syntax of remote paths"). A local path is neither. */
const REMOTE = /^(?:\w[\w .+@-]*|:\w+(?:,[^\n]*)?):[^\n]*$/;
/** Quantities as they are written for pods (Kubernetes, "Quantity"). */
const CPU = /^(?!0+(?:\.0+)?m?$)\d+(?:\.\d{1,3}|m)?$/;
const BYTES = /^[1-9]\d*(?:[KMGTPE]i|[kMGTPE])?$/;

/**
 * Checks what Kubernetes would refuse only when the manifest is applied.
 * @throws ArchParityError `K8S_NAME_INVALID`, `K8S_QUANTITY_INVALID`, `K8S_RUNNER_INVALID`, `K8S_WORD_TAKEN`,
 *   `K8S_PLATFORM_TWICE`, `K8S_STORE_INVALID`, `NOTHING_TO_TEST` (exit 2)
 */
export function checkManifestRequest(request: ManifestRequest): void {
  const { name, namespace, records, platforms } = request;
  checkName(
    'name',
    name,
    RUN_NAME,
    'At most 40 lower-case letters, digits and dashes, a letter first.',
  );
  if (namespace !== undefined) checkName('namespace', namespace, DNS_NAME);
  checkRecords(records);
  checkQuantity('cpu', request.cpu, CPU);
  checkQuantity('memory', request.memory, BYTES);
  checkQuantity('cache', request.cache, BYTES);
  checkRunner(request.runner);
  checkWords(request.words);
  const architectures = platforms.map((platform) => platformFacts(platform).oci.architecture);
  const twice = architectures.find((one, place) => architectures.indexOf(one) !== place);
  if (twice !== undefined)
    throw usageError(
      'K8S_PLATFORM_TWICE',
      `Two platforms are both ${twice} to Kubernetes.`,
      'Name each architecture once.',
    );
  if (request.targets.length + request.suiteFiles.length === 0)
    throw usageError(
      'NOTHING_TO_TEST',
      'There is nothing to test.',
      'Name suites of the runner image or images, or give suites of this machine with --suite-file.',
    );
}

function checkRecords(records: RecordsPlace): void {
  switch (records.kind) {
    case 'existing':
      checkName('claim', records.claim, DNS_NAME);
      return;
    case 'new':
      checkQuantity('storage', records.storage, BYTES);
      if (records.storageClass !== undefined)
        checkName('storage-class', records.storageClass, DNS_NAME);
      return;
    case 'store':
      if (records.secret !== undefined) checkName('store-secret', records.secret, DNS_NAME);
      if (REMOTE.test(records.remote)) return;
      throw usageError(
        'K8S_STORE_INVALID',
        `--store takes a remote of rclone, not ${JSON.stringify(records.remote)}.`,
        'Write it as rclone does: s3:bucket/path.',
      );
  }
}

function checkName(option: string, text: string, form: RegExp, advice?: string): void {
  if (form.test(text)) return;
  throw usageError(
    'K8S_NAME_INVALID',
    `--${option} takes a name of Kubernetes, not ${JSON.stringify(text)}.`,
    advice ?? 'Lower-case letters, digits, dashes and dots.',
  );
}

function checkQuantity(option: string, text: string, form: RegExp): void {
  if (form.test(text)) return;
  throw usageError(
    'K8S_QUANTITY_INVALID',
    `--${option} takes a quantity of Kubernetes, not ${JSON.stringify(text)}.`,
    option === 'cpu' ? 'Write 2 or 500m.' : 'Write 512Mi or 4Gi.',
  );
}

/** @throws ArchParityError `K8S_RUNNER_INVALID` and what `parseReference` throws */
function checkRunner(runner: string): void {
  const reference = parseReference(runner);
  if (reference.kind === 'image' && reference.transport === 'name') return;
  throw usageError(
    'K8S_RUNNER_INVALID',
    `--runner takes the name of an image in a registry, not "${runner}".`,
    'Write it as a pod does: registry.example/team/archparity:1.2.',
  );
}

/** A shard of the user's choice would be run by every pod, and its record be found by none. */
function checkWords(words: readonly string[]): void {
  const taken = TAKEN.find((option) =>
    words.some((word) => word === option || word.startsWith(`${option}=`)),
  );
  if (taken === undefined) return;
  throw usageError(
    'K8S_WORD_TAKEN',
    `The manifest gives ${taken} to each pod by itself, or what excludes it.`,
    `Leave ${taken} out behind --.`,
  );
}

import { basename } from 'node:path';
import type { IJob } from 'kubernetes-models/batch/v1';
import { type Platform, platformFacts } from '../../core/index.ts';
import { readDurationOption } from '../read-duration.ts';
import type { ManifestRequest } from './manifest-request.ts';
import { PLACES } from './places.ts';
import { makePodTemplate } from './pod-template.ts';
import { shellCommand, storeOf } from './record-store.ts';

/** How often a pod is tried again that broke, and not by its cases. */
const RETRIES = 2;

/**
 * Runs a shard and keeps its record under its final name only when it is whole: cases that fail (1), and cases
 * that only the other architecture can be compared with (4), are for the merge to judge. A pod that is tried again
 * goes on where the one before it was killed, or with a store where it was told to end.
 */
const SCRIPT = `name=$ARCHITECTURE-$JOB_COMPLETION_INDEX
part=$name.part.ndjson
mkdir -p "$RECORDS" || exit 3
if fetch "$name.ndjson"; then echo "$name.ndjson is there already"; exit 0; fi
fetch "$part"
archparity test --shard auto --lane "$ARCHITECTURE=native" \\
  --record "$RECORDS/$part" --resume "$RECORDS/$part" "$@" &
run=$! told=
trap 'told=yes; kill -TERM "$run"' TERM
wait "$run"; status=$?
if [ -n "$told" ]; then wait "$run"; status=$?; fi
case $status in
  0 | 1 | 4) put "$part" "$name.ndjson" ;;
  *)
    if [ -e "$RECORDS/$part" ]; then put "$part" "$part"; fi
    exit "$status" ;;
esac
`;

/** The Indexed Job that runs all cases on the nodes of one platform, each pod its shard. */
export function makeShardJob(request: ManifestRequest, platform: Platform): IJob {
  const { architecture } = platformFacts(platform).oci;
  const { name, shards } = request;
  const labels = labelRun(name, architecture);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...nameIn(request, `${name}-${architecture}`), labels: { ...labels } },
    spec: {
      completionMode: 'Indexed',
      completions: shards,
      parallelism: request.parallelism,
      activeDeadlineSeconds: deadlineSeconds(request),
      backoffLimitPerIndex: RETRIES,
      podFailurePolicy: {
        rules: [
          // Bad usage and bad suites are bad in every pod.
          {
            action: 'FailJob',
            onExitCodes: { containerName: 'archparity', operator: 'In', values: [2] },
          },
          // A node that was drained is no fault of the run.
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
      template: makePodTemplate(request, {
        labels,
        architecture,
        container: {
          name: 'archparity',
          ...shellCommand(request, SCRIPT),
          args: [...listTargets(request), ...request.words].map(escapeReferences),
          env: [
            { name: 'ARCHITECTURE', value: architecture },
            { name: 'ARCHPARITY_SHARD_TOTAL', value: String(shards) },
            ...runEnvironment(request),
          ],
        },
      }),
    },
  };
}

function listTargets({ targets, suiteFiles }: ManifestRequest): string[] {
  const carried = suiteFiles.map((file) => `${PLACES.suites}/${basename(file)}`);
  return [...targets, ...carried];
}

/** The kubelet puts the values of variables in for `$(NAME)`, and `$$` is a `$` (Kubernetes API, `args` and `env`). */
function escapeReferences(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** The longest that the pods of a Job may take. @throws ArchParityError `USAGE` (exit 2) */
export function deadlineSeconds({ deadline }: ManifestRequest): number {
  return Math.ceil(readDurationOption(deadline, 'deadline', 1) / 1000);
}

/** What all pods of a run are told. */
export function runEnvironment({
  name,
  records,
}: ManifestRequest): { readonly name: string; readonly value: string }[] {
  return [
    { name: 'RECORDS', value: `${PLACES.records}/${name}` },
    ...(records.kind === 'store'
      ? [
          { name: 'STORE', value: escapeReferences(storeOf(records.remote, name)) },
          // It would say each time that it has no file of settings.
          { name: 'RCLONE_LOG_LEVEL', value: 'ERROR' },
        ]
      : []),
    { name: 'ARCHPARITY_CACHE', value: PLACES.cache },
    { name: 'HOME', value: '/tmp' },
  ];
}

/** A name in the namespace, if one was asked for. */
export function nameIn(
  { namespace }: ManifestRequest,
  name: string,
): { readonly name: string; readonly namespace?: string } {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The labels of one part of a run. Source: Kubernetes, "Recommended Labels". */
export function labelRun(name: string, component: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/name': 'archparity',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': component,
  };
}

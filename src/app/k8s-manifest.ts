import type { IConfigMap, IPersistentVolumeClaim } from 'kubernetes-models/v1';
import { stringify } from 'yaml';
import { carrySuites } from './k8s/carry-suites.ts';
import { checkManifestRequest } from './k8s/check-request.ts';
import type { CarriedSuite, ManifestRequest } from './k8s/manifest-request.ts';
import { makeMergeJob } from './k8s/merge-job.ts';
import { labelRun, makeShardJob, nameIn } from './k8s/shard-job.ts';

export type { ManifestRequest, RecordsPlace } from './k8s/manifest-request.ts';

/**
 * Writes the manifest of a run on a cluster: an Indexed Job for each platform, the volume of their records if they
 * need one, and a Job that merges these. Types and fields are those of the Kubernetes API.
 * @returns YAML
 * @throws ArchParityError what `checkManifestRequest` and `carrySuites` throw (exit 2)
 */
export async function writeK8sManifest(request: ManifestRequest): Promise<string> {
  checkManifestRequest(request);
  const carried = await carrySuites(request.suiteFiles);
  const documents = [
    ...(request.records.kind === 'new' ? [makeClaim(request, request.records)] : []),
    ...(carried.length === 0 ? [] : [makeConfigMap(request, carried)]),
    ...request.platforms.map((platform) => makeShardJob(request, platform)),
    makeMergeJob(request),
  ];
  return documents
    .map((document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
}

function makeClaim(
  request: ManifestRequest,
  { storage, storageClass }: Extract<ManifestRequest['records'], { kind: 'new' }>,
): IPersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...nameIn(request, `${request.name}-records`),
      labels: { ...labelRun(request.name, 'records') },
    },
    spec: {
      // Pods on several nodes write to it.
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    },
  };
}

function makeConfigMap(request: ManifestRequest, carried: readonly CarriedSuite[]): IConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...nameIn(request, `${request.name}-suites`),
      labels: { ...labelRun(request.name, 'suites') },
    },
    data: Object.fromEntries(carried.map(({ file, text }) => [file, text])),
  };
}

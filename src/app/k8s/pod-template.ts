import type { IContainer, IPodTemplateSpec, ISecurityContext, IVolume } from 'kubernetes-models/v1';
import { PLACES } from './places.ts';
import type { ManifestRequest } from './manifest-request.ts';

/** Nobody in particular; `node` in the images of Node.js. */
const USER = 1000;

/** What a pod of a run consists of. */
export interface PodParts {
  readonly labels: Readonly<Record<string, string>>;
  readonly container: IContainer;
  /** Of its nodes, besides Linux. */
  readonly architecture?: string;
}

/** A pod that may do what its work needs, and no more. */
export function makePodTemplate(request: ManifestRequest, parts: PodParts): IPodTemplateSpec {
  const { architecture, labels } = parts;
  const carries = request.suiteFiles.length > 0;
  return {
    metadata: { labels: { ...labels } },
    spec: {
      restartPolicy: 'Never',
      // Nothing of a run talks to the cluster.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      // What a run has open dies with its container; a record may have to be put into a store.
      terminationGracePeriodSeconds: request.records.kind === 'store' ? 30 : 5,
      nodeSelector: {
        'kubernetes.io/os': 'linux',
        ...(architecture === undefined ? {} : { 'kubernetes.io/arch': architecture }),
      },
      // GKE gives nodes of the second architecture this taint.
      ...(architecture === undefined
        ? {}
        : {
            tolerations: [
              {
                ...{ key: 'kubernetes.io/arch', operator: 'Equal', value: architecture },
                effect: 'NoSchedule',
              },
            ],
          }),
      ...(request.namespaces ? { hostUsers: false } : {}),
      securityContext: request.namespaces
        ? { fsGroup: USER, seccompProfile: { type: 'Unconfined' } }
        : {
            ...{ runAsNonRoot: true, runAsUser: USER, runAsGroup: USER, fsGroup: USER },
            seccompProfile: { type: 'RuntimeDefault' },
          },
      containers: [
        {
          ...parts.container,
          image: request.runner,
          securityContext: chooseRights(request),
          resources: {
            requests: { cpu: request.cpu, memory: request.memory },
            limits: { cpu: request.cpu, memory: request.memory },
          },
          volumeMounts: [
            { name: 'records', mountPath: PLACES.records },
            { name: 'cache', mountPath: PLACES.cache },
            { name: 'tmp', mountPath: '/tmp' },
            ...(carries ? [{ name: 'suites', mountPath: PLACES.suites, readOnly: true }] : []),
          ],
        },
      ],
      volumes: listVolumes(request),
    },
  };
}

/**
 * With namespaces: root of the pod's own user namespace (`hostUsers: false`), which may mount a /proc of its own
 * and make further namespaces. Without: the level "restricted" of the Pod Security Standards.
 */
function chooseRights({ namespaces }: ManifestRequest): ISecurityContext {
  return namespaces
    ? { runAsUser: 0, procMount: 'Unmasked', capabilities: { add: ['SYS_ADMIN'] } }
    : {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      };
}

function listVolumes(request: ManifestRequest): IVolume[] {
  const { name } = request;
  return [
    { name: 'records', ...recordsVolume(request) },
    { name: 'cache', emptyDir: { sizeLimit: request.cache } },
    { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
    ...(request.suiteFiles.length === 0
      ? []
      : [{ name: 'suites', configMap: { name: `${name}-suites` } }]),
  ];
}

/** What all pods of a run share, or with a store a place for what is on its way. */
function recordsVolume({ records, name }: ManifestRequest): Omit<IVolume, 'name'> {
  switch (records.kind) {
    case 'existing':
      return { persistentVolumeClaim: { claimName: records.claim } };
    case 'new':
      return { persistentVolumeClaim: { claimName: `${name}-records` } };
    case 'store':
      return { emptyDir: {} };
  }
}

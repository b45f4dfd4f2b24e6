import { asList, asMap, asText, isMap, type LooseMap } from '../../core/index.ts';
import type { Deployment, FileRemark, ImageUse, NodeGroup } from './image-use.ts';
import type { YamlDocument } from './read-documents.ts';
import { mayLandOn } from './scheduling.ts';

type Path = readonly (string | number)[];

/** A pod as a workload describes it. */
interface PodSpec {
  readonly spec: LooseMap;
  /** From the root of the document. */
  readonly path: Path;
  /** `Deployment shop/web`. */
  readonly workload: string;
}

const CONTAINER_LISTS = [
  { key: 'initContainers', what: 'init container' },
  { key: 'containers', what: 'container' },
  { key: 'ephemeralContainers', what: 'ephemeral container' },
] as const;

/** Whether a document is an object of Kubernetes. */
export function isKubernetesObject(value: unknown): boolean {
  return (
    isMap(value) && typeof value['kind'] === 'string' && typeof value['apiVersion'] === 'string'
  );
}

/** The images of all workloads in manifests, and the nodes that they may land on. */
export function readKubernetes(
  documents: readonly YamlDocument[],
  nodes: readonly NodeGroup[],
): Deployment {
  const uses: ImageUse[] = [];
  const remarks: FileRemark[] = [];
  for (const document of documents) {
    if (asMap(document.value)['kind'] === 'Kustomization')
      remarks.push({
        position: document.locate(['kind']),
        severity: 'warning',
        message:
          'a Kustomization names no workloads itself: kubectl kustomize DIR | archparity inspect -f -',
      });
    for (const pod of findPods(document.value, [])) {
      const mayRunOn = nodes.filter((group) => mayLandOn(pod.spec, group));
      if (mayRunOn.length === 0)
        remarks.push({
          position: document.locate(pod.path),
          severity: 'warning',
          message: `${pod.workload} may land on no node of ${nodes.map(({ platform }) => platform).join(', ')}`,
        });
      const use = { mayRunOn: mayRunOn.map(({ platform }) => platform) };
      for (const { name, image, path } of findContainers(pod)) {
        const user = `${pod.workload}, ${name}`;
        if (image === undefined)
          remarks.push({
            position: document.locate(path),
            severity: 'warning',
            message: `${user} names no image`,
          });
        else
          uses.push({
            ...use,
            user,
            image,
            position: document.locate([...path, 'image']),
          });
      }
    }
  }
  return { kind: 'kubernetes', uses, remarks };
}

/** Pods of an object: built-in workloads, lists, and every other kind that holds a pod template. */
function findPods(value: unknown, path: Path): PodSpec[] {
  const object = asMap(value);
  if (Array.isArray(object['items']))
    return asList(object['items']).flatMap((item, index) =>
      findPods(item, [...path, 'items', index]),
    );
  const { name, namespace, generateName } = asMap(object['metadata']);
  const fullName = [namespace, name ?? generateName].flatMap((part) => asText(part) ?? []);
  const workload = `${asText(object['kind']) ?? 'object'} ${fullName.join('/')}`.trim();
  const templates: readonly Path[] = [
    ...(object['kind'] === 'Pod' ? [['spec']] : []),
    ['template', 'spec'],
    ['spec', 'template', 'spec'],
    ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ];
  return templates.flatMap((steps) => {
    const spec = asMap(steps.reduce<unknown>((at, step) => asMap(at)[step], object));
    return Array.isArray(spec['containers']) || Array.isArray(spec['initContainers'])
      ? [{ spec, path: [...path, ...steps], workload }]
      : [];
  });
}

function findContainers({ spec, path }: PodSpec) {
  return CONTAINER_LISTS.flatMap(({ key, what }) =>
    asList(spec[key]).map((item, index) => {
      const container = asMap(item);
      return {
        name: `${what} ${asText(container['name']) ?? String(index)}`,
        image: asText(container['image']),
        path: [...path, key, index],
      };
    }),
  );
}

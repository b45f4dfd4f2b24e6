import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../../../src/app/inspect/read-documents.ts';
import { readKubernetes } from '../../../../src/app/inspect/read-kubernetes.ts';

const read = (text: string) =>
  readKubernetes(readDocuments(text, 'deploy.yaml'), [
    { platform: 'linux/amd64', taints: [] },
    { platform: 'linux/arm64', taints: [] },
  ]);

const uses = (text: string): string[] =>
  read(text).uses.map(
    ({ user, image, position, mayRunOn }) =>
      `${String(position.line)} ${user}: ${image} on ${mayRunOn.join(' ')}`,
  );

describe('readKubernetes', () => {
  it('finds the images of every kind of workload, with their lines', () => {
    const workload = (kind: string) =>
      `apiVersion: v1\nkind: ${kind}\nmetadata: {name: w}\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          image: i:1\n`;
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet', 'Rollout'])
      expect(uses(workload(kind))).toEqual([
        `9 ${kind} w, container c: i:1 on linux/amd64 linux/arm64`,
      ]);
  });

  it('reads pods, cron jobs, lists and several documents', () => {
    expect(
      uses(`
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: {name: p, namespace: n}
    spec:
      nodeSelector: {kubernetes.io/arch: amd64}
      initContainers: [{name: a, image: one}]
      containers: [{name: b, image: two}]
      ephemeralContainers: [{name: c, image: three}]
---
---
apiVersion: batch/v1
kind: CronJob
metadata: {generateName: j-}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: four}]}}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {image: none}
`),
    ).toEqual([
      '10 Pod n/p, init container a: one on linux/amd64',
      '11 Pod n/p, container b: two on linux/amd64',
      '12 Pod n/p, ephemeral container c: three on linux/amd64',
      '18 CronJob j-, container 0: four on linux/amd64 linux/arm64',
    ]);
  });

  it('reads JSON, and says what has no image or no node', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { nodeSelector: { 'kubernetes.io/arch': 's390x' }, containers: [{ name: 'c' }] },
    };
    const { uses: found, remarks } = read(JSON.stringify(pod));
    expect(found).toEqual([]);
    expect(remarks.map(({ message }) => message)).toEqual([
      'Pod p may land on no node of linux/amd64, linux/arm64',
      'Pod p, container c names no image',
    ]);
  });

  it('is not confused by other shapes', () => {
    expect(uses('kind: Pod\napiVersion: v1\nspec: []\n')).toEqual([]);
    expect(uses('kind: Pod\napiVersion: v1\nspec: {containers: [null, 3]}\n')).toEqual([]);
    expect(uses('- 1\n- 2\n')).toEqual([]);
  });

  it('says where it is no YAML', () => {
    expect(() => read('a: {{ .Values.image }}\nb: [')).toThrow('deploy.yaml is not YAML.');
    expect(() => read('a: *nowhere\n')).toThrow('deploy.yaml is not YAML.');
  });
});

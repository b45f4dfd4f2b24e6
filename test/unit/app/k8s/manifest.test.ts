import { mkdirSync, writeFileSync } from 'node:fs';
import { Job } from 'kubernetes-models/batch/v1';
import { ConfigMap, PersistentVolumeClaim } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type ManifestRequest, writeK8sManifest } from '../../../../src/app/k8s-manifest.ts';
import { useTempDirectory } from '../../record/record-files.ts';

const path = useTempDirectory();

const REQUEST: ManifestRequest = {
  name: 'parity',
  runner: 'registry.example/team/runner:1.2',
  targets: ['/srv/app.yaml'],
  suiteFiles: [],
  words: [],
  platforms: ['linux/amd64', 'linux/arm64'],
  shards: 4,
  parallelism: 2,
  cpu: '2',
  memory: '4Gi',
  cache: '10Gi',
  records: { kind: 'new', storage: '1Gi' },
  deadline: '90m',
  namespaces: false,
};

/** The validators of the Kubernetes API's own OpenAPI document. */
const KINDS = { Job, ConfigMap, PersistentVolumeClaim } as const;

interface Document {
  readonly kind: keyof typeof KINDS;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: object;
}

/** The documents of a manifest, each valid for Kubernetes. */
async function write(more: Partial<ManifestRequest> = {}): Promise<Record<string, Document>> {
  const text = await writeK8sManifest({ ...REQUEST, ...more });
  const documents = parseAllDocuments(text).map((one) => one.toJS() as Document);
  for (const document of documents) {
    const Model = KINDS[document.kind];
    new Model(document as never).validate();
  }
  return Object.fromEntries(documents.map((one) => [one.metadata.name, one]));
}

function writeSuite(name: string, image = 'registry.example/app:1'): string {
  const file = path(name);
  writeFileSync(
    file,
    `version: 1\nname: s\nsubject: {image: '${image}'}\ncases: [{name: c, run: [app]}]\n`,
  );
  return file;
}

it('is checked by validators that refuse what Kubernetes does', () => {
  const job = (spec: object) => new Job({ metadata: { name: 'j' }, spec } as never);
  const template = { spec: { containers: [{ name: 'c' }] } };
  job({ template }).validate();
  expect(() => job({}).validate()).toThrow('template');
  expect(() => job({ template, completions: '4' }).validate()).toThrow('completions');
  expect(() => job({ template, completionMode: 'indexed' }).validate()).toThrow('completionMode');
});

describe('the manifest', () => {
  it('has an Indexed Job for the nodes of each architecture, the volume, and the merge', async () => {
    const all = await write();
    expect(Object.keys(all)).toEqual([
      'parity-records',
      'parity-amd64',
      'parity-arm64',
      'parity-merge',
    ]);
    expect(all['parity-arm64']?.spec).toMatchObject({
      completionMode: 'Indexed',
      completions: 4,
      parallelism: 2,
      activeDeadlineSeconds: 5400,
      template: {
        spec: {
          nodeSelector: { 'kubernetes.io/arch': 'arm64', 'kubernetes.io/os': 'linux' },
          volumes: [
            { name: 'records', persistentVolumeClaim: { claimName: 'parity-records' } },
            { name: 'cache', emptyDir: { sizeLimit: '10Gi' } },
            { name: 'tmp' },
          ],
        },
      },
    });
    expect(all['parity-records']?.spec).toMatchObject({ accessModes: ['ReadWriteMany'] });
  });

  it('asks for the level "restricted" of the Pod Security Standards', async () => {
    const pod = {
      template: {
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              resources: {
                requests: { cpu: '2', memory: '4Gi' },
                limits: { cpu: '2', memory: '4Gi' },
              },
            },
          ],
        },
      },
    };
    const all = await write();
    for (const name of ['parity-amd64', 'parity-arm64', 'parity-merge'])
      expect(all[name]?.spec).toMatchObject(pod);
  });

  it('gives pods a user namespace of their own where they open namespaces', async () => {
    const all = await write({ namespaces: true });
    expect(all['parity-amd64']?.spec).toMatchObject({
      template: {
        spec: { hostUsers: false, containers: [{ securityContext: { procMount: 'Unmasked' } }] },
      },
    });
  });

  it('takes a claim that is there, a namespace, other platforms', async () => {
    const all = await write({
      namespace: 'ci',
      records: { kind: 'existing', claim: 'shared' },
      platforms: ['linux/riscv64'],
    });
    expect(Object.keys(all)).toEqual(['parity-riscv64', 'parity-merge']);
    expect(all['parity-riscv64']?.metadata.namespace).toBe('ci');
    expect(all['parity-merge']?.spec).toMatchObject({
      template: {
        spec: { volumes: [{ persistentVolumeClaim: { claimName: 'shared' } }, {}, {}] },
      },
    });
  });

  it('needs no volume with an object store, whose settings are in a Secret', async () => {
    const remote = ':s3,endpoint=$(HOST):bucket/runs/';
    const all = await write({ records: { kind: 'store', remote, secret: 'rclone' } });
    expect(Object.keys(all)).toEqual(['parity-amd64', 'parity-arm64', 'parity-merge']);
    for (const name of ['parity-amd64', 'parity-merge'])
      expect(all[name]?.spec).toMatchObject({
        template: {
          spec: {
            terminationGracePeriodSeconds: 30,
            containers: [
              {
                env: expect.arrayContaining([
                  { name: 'STORE', value: ':s3,endpoint=$$(HOST):bucket/runs/parity' },
                ]) as unknown,
                envFrom: [{ secretRef: { name: 'rclone' } }],
              },
            ],
            volumes: [{ name: 'records', emptyDir: {} }, {}, {}],
          },
        },
      });
    const open = await write({ records: { kind: 'store', remote: 'store:' } });
    const spec = JSON.stringify(open['parity-amd64']?.spec);
    expect(spec).toContain('"store:parity"');
    expect(spec).not.toContain('envFrom');
  });

  it('carries suites of this machine, and words as they are', async () => {
    const all = await write({
      targets: [],
      suiteFiles: [writeSuite('app.yaml')],
      words: ['--filter', 'name(/a$(HOME)$/)'],
    });
    expect(all['parity-suites']).toMatchObject({
      data: { 'app.yaml': expect.stringContaining('name: s') as string },
    });
    expect(all['parity-amd64']?.spec).toMatchObject({
      template: {
        spec: {
          containers: [
            // As the kubelet wants it: `$$` for each `$`.
            { args: ['/suites/app.yaml', '--filter', 'name(/a$$(HOME)$$/)'] },
          ],
        },
      },
    });
  });
});

describe('what is refused before a cluster sees it', () => {
  it.each<[string, Partial<ManifestRequest>]>([
    ['K8S_NAME_INVALID', { name: 'Parity' }],
    ['K8S_NAME_INVALID', { name: 'x'.repeat(41) }],
    ['K8S_NAME_INVALID', { namespace: 'a_b' }],
    ['K8S_NAME_INVALID', { records: { kind: 'existing', claim: '' } }],
    ['K8S_NAME_INVALID', { records: { kind: 'new', storage: '1Gi', storageClass: '-' } }],
    ['K8S_NAME_INVALID', { records: { kind: 'store', remote: 's3:b', secret: 'a_b' } }],
    ['K8S_STORE_INVALID', { records: { kind: 'store', remote: 'bucket/path' } }],
    ['K8S_STORE_INVALID', { records: { kind: 'store', remote: '/srv/a:b' } }],
    ['K8S_STORE_INVALID', { records: { kind: 'store', remote: ':s3' } }],
    ['K8S_STORE_INVALID', { records: { kind: 'store', remote: '--config=x:y' } }],
    ['K8S_QUANTITY_INVALID', { cpu: '0' }],
    ['K8S_QUANTITY_INVALID', { memory: '4GB' }],
    ['K8S_QUANTITY_INVALID', { cache: '' }],
    ['K8S_QUANTITY_INVALID', { records: { kind: 'new', storage: '1 Gi' } }],
    ['K8S_RUNNER_INVALID', { runner: 'oci:build/runner' }],
    ['REFERENCE_INVALID', { runner: 'a b' }],
    ['K8S_PLATFORM_TWICE', { platforms: ['linux/amd64', 'linux/amd64'] }],
    ['NOTHING_TO_TEST', { targets: [] }],
    ['USAGE', { deadline: '0s' }],
    ['K8S_WORD_TAKEN', { words: ['--retries', '1', '--record', '/r.ndjson'] }],
    ['K8S_WORD_TAKEN', { words: ['--shard=1/2'] }],
    ['K8S_WORD_TAKEN', { words: ['--rerun-failed', 'last'] }],
    ['SUITE_NOT_FOUND', { suiteFiles: ['/no/such.yaml'] }],
  ])('%s: %j', async (code, more) => {
    await expect(write(more)).rejects.toMatchObject({ code, exitCode: 2 });
  });

  it('suites that need files of this machine, have one name, or are too large', async () => {
    mkdirSync(path('image'));
    mkdirSync(path('other'));
    const local = writeSuite('local.yaml', `oci:${path('image')}`);
    await expect(write({ suiteFiles: [local] })).rejects.toMatchObject({ code: 'K8S_SUITE_LOCAL' });
    const twice = [writeSuite('app.yaml'), writeSuite('other/app.yaml')];
    await expect(write({ suiteFiles: twice })).rejects.toMatchObject({ code: 'K8S_SUITE_NAME' });
    const large = writeSuite('large.yaml');
    writeFileSync(large, `#${'x'.repeat(1024 * 1024)}\n`, { flag: 'a' });
    await expect(write({ suiteFiles: [large] })).rejects.toMatchObject({
      code: 'K8S_SUITES_TOO_LARGE',
    });
  });
});

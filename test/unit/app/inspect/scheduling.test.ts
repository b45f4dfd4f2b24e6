import { describe, expect, it } from 'vitest';
import type { NodeGroup } from '../../../../src/app/inspect/image-use.ts';
import { mayLandOn } from '../../../../src/app/inspect/scheduling.ts';

const AMD64: NodeGroup = { platform: 'linux/amd64', taints: [] };
const ARM64: NodeGroup = { platform: 'linux/arm64', taints: [] };

/** Which of the two a pod may land on. */
const lands = (spec: object): string =>
  [AMD64, ARM64]
    .filter((nodes) => mayLandOn(spec as Record<string, unknown>, nodes))
    .map(({ platform }) => platform.slice('linux/'.length))
    .join(' ');

const required = (...terms: unknown[]): object => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
    },
  },
});
const arch = (operator: string, values?: string[], key = 'kubernetes.io/arch'): object => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
});

describe('mayLandOn', () => {
  it('lets a pod without wishes land anywhere', () => {
    expect(lands({})).toBe('amd64 arm64');
    expect(lands({ nodeSelector: null, affinity: null, tolerations: null })).toBe('amd64 arm64');
  });

  it.each([
    [{ nodeSelector: { 'kubernetes.io/arch': 'arm64' } }, 'arm64'],
    [{ nodeSelector: { 'beta.kubernetes.io/arch': 'amd64' } }, 'amd64'],
    [{ nodeSelector: { 'kubernetes.io/arch': 'aarch64' } }, ''],
    [{ nodeSelector: { 'kubernetes.io/os': 'windows' } }, ''],
    [{ nodeSelector: { disktype: 'ssd' } }, 'amd64 arm64'],
  ])('reads the node selector of %j', (spec, expected) => {
    expect(lands(spec)).toBe(expected);
  });

  it.each([
    [[arch('In', ['arm64'])], 'arm64'],
    [[arch('In', ['arm64', 'amd64'])], 'amd64 arm64'],
    [[arch('NotIn', ['arm64'], 'beta.kubernetes.io/arch')], 'amd64'],
    [[arch('Exists')], 'amd64 arm64'],
    [[arch('DoesNotExist')], ''],
    [[arch('Gt', ['1'])], ''],
    [[arch('In', ['arm64']), arch('In', ['amd64'])], 'amd64 arm64'],
    [[arch('In', ['x'], 'zone')], 'amd64 arm64'],
    [[{}], ''],
    [[{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }], 'amd64 arm64'],
    [[], ''],
  ])('takes required terms as alternatives: %j', (terms, expected) => {
    expect(lands(required(...terms))).toBe(expected);
  });

  it('demands all expressions of a term, and selector and affinity together', () => {
    const both = {
      matchExpressions: [
        { key: 'kubernetes.io/arch', operator: 'In', values: ['arm64', 'amd64'] },
        { key: 'kubernetes.io/arch', operator: 'NotIn', values: ['amd64'] },
      ],
    };
    expect(lands(required(both))).toBe('arm64');
    expect(lands({ ...required(both), nodeSelector: { 'kubernetes.io/arch': 'amd64' } })).toBe('');
  });

  it('does not take preferences for demands', () => {
    const preferred = {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: arch('In', ['amd64']) },
          ],
        },
      },
    };
    expect(lands(preferred)).toBe('amd64 arm64');
  });

  it.each([
    [[], false],
    [[{ key: 'kubernetes.io/arch', value: 'arm64' }], true],
    [
      [{ key: 'kubernetes.io/arch', operator: 'Equal', value: 'arm64', effect: 'NoSchedule' }],
      true,
    ],
    [[{ key: 'kubernetes.io/arch', value: 'amd64' }], false],
    [[{ key: 'kubernetes.io/arch', operator: 'Exists' }], true],
    [[{ operator: 'Exists' }], true],
    [[{ operator: 'Exists', effect: 'NoExecute' }], false],
    [[{ key: 'other', operator: 'Exists' }], false],
  ])('lets only tolerations %j onto tainted nodes: %s', (tolerations, expected) => {
    const taint = { key: 'kubernetes.io/arch', value: 'arm64', effect: 'NoSchedule' };
    expect(mayLandOn({ tolerations }, { ...ARM64, taints: [taint] })).toBe(expected);
    const soft = { ...taint, effect: 'PreferNoSchedule' };
    expect(mayLandOn({ tolerations }, { ...ARM64, taints: [soft] })).toBe(true);
  });
});

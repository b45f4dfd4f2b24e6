import {
  platformFacts,
  asList,
  asMap,
  asText,
  asTexts,
  isMap,
  type LooseMap,
} from '../../core/index.ts';
import type { NodeGroup, Taint } from './image-use.ts';

const ARCH_LABELS = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'];
const OS_LABELS = ['kubernetes.io/os', 'beta.kubernetes.io/os'];

/**
 * Whether a pod may land on nodes of a platform, as far as its file and what is known of the nodes say: a
 * label of another kind may be on any node, so it excludes none.
 *
 * Sources: Kubernetes documentation, "Assigning Pods to Nodes" and "Taints and Tolerations"; API core/v1
 * NodeSelectorTerm ("a null or empty node selector term matches no objects").
 */
export function mayLandOn(podSpec: LooseMap, nodes: NodeGroup): boolean {
  const labels = labelsOf(nodes);
  const required = asMap(asMap(podSpec['affinity'])['nodeAffinity'])[
    'requiredDuringSchedulingIgnoredDuringExecution'
  ];
  return (
    selects(asMap(podSpec['nodeSelector']), labels) &&
    (!isMap(required) ||
      asList(required['nodeSelectorTerms']).some((term) => matchesTerm(asMap(term), labels))) &&
    nodes.taints.every((taint) => tolerates(asList(podSpec['tolerations']), taint))
  );
}

/** The labels that every node has and whose value follows from its platform. */
function labelsOf({ platform }: NodeGroup): ReadonlyMap<string, string> {
  return new Map([
    ...ARCH_LABELS.map((label) => [label, platformFacts(platform).go] as const),
    ...OS_LABELS.map((label) => [label, platform.split('/')[0] ?? ''] as const),
  ]);
}

function selects(selector: LooseMap, labels: ReadonlyMap<string, string>): boolean {
  return Object.entries(selector).every(([key, value]) => {
    const actual = labels.get(key);
    return actual === undefined || actual === asText(value);
  });
}

function matchesTerm(term: LooseMap, labels: ReadonlyMap<string, string>): boolean {
  const expressions = asList(term['matchExpressions']);
  if (expressions.length === 0 && asList(term['matchFields']).length === 0) return false;
  return expressions.every((expression) => matchesExpression(asMap(expression), labels));
}

function matchesExpression(expression: LooseMap, labels: ReadonlyMap<string, string>): boolean {
  const actual = labels.get(asText(expression['key']) ?? '');
  if (actual === undefined) return true;
  const values = asTexts(expression['values']);
  switch (expression['operator']) {
    case 'In':
      return values.includes(actual);
    case 'NotIn':
      return !values.includes(actual);
    case 'Exists':
      return true;
    // Gt and Lt compare numbers, and neither label is one.
    case 'DoesNotExist':
    case 'Gt':
    case 'Lt':
      return false;
    default:
      return true;
  }
}

/** PreferNoSchedule keeps nothing away. */
function tolerates(tolerations: readonly unknown[], taint: Taint): boolean {
  if (taint.effect !== 'NoSchedule' && taint.effect !== 'NoExecute') return true;
  return tolerations.some((item) => {
    const toleration = asMap(item);
    const key = asText(toleration['key']) ?? '';
    const effect = asText(toleration['effect']) ?? '';
    const exists = toleration['operator'] === 'Exists';
    if (effect !== '' && effect !== taint.effect) return false;
    if (key === '') return exists;
    return key === taint.key && (exists || (asText(toleration['value']) ?? '') === taint.value);
  });
}

import {
  capturedText,
  type CaseDefinition,
  type Difference,
  type Explanation,
  type Observation,
} from '../../core/index.ts';
import type { LaneAttempts } from '../judge-lane.ts';
import { createRewriters, normaliseText } from '../normalise/normalise-pair.ts';
import { findPattern } from '../re2-pattern.ts';
import { VALUE_ENTRIES } from './architecture-entries.ts';
import { endedBy } from './ended-by.ts';
import type { Dispute, Symptom, Witness } from './knowledge-entry.ts';
import { SYMPTOM_ENTRIES } from './symptom-entries.ts';
import { OBSERVATION_ENTRIES } from './observation-entries.ts';
import { pairTokens, type TokenPair } from './token-pairs.ts';

/** Of long output the start and the end are read: that is where programs say what went wrong. */
const READ_EACH_END = 32 * 1024;

/**
 * What the knowledge base has to say of a case whose lanes differ or of which one failed: the first
 * entry that fits, `undefined` when none does. A symptom that the base shows too explains nothing.
 */
export function explainDivergence(
  definition: CaseDefinition,
  differences: readonly Difference[],
  lanes: readonly LaneAttempts[],
): Explanation | undefined {
  // Nothing ran: hashes and names in a list of files are no symptoms.
  if (definition.command.kind === 'inspect') return undefined;
  const witnesses = lanes.flatMap(toWitness);
  const base = witnesses.find(({ info }) => info.kind === 'native') ?? witnesses[0];
  const others = witnesses.filter((witness) => witness !== base);
  for (const suspect of others.length === 0 ? witnesses : others) {
    const dispute: Dispute =
      base === undefined || base === suspect
        ? { definition, suspect }
        : { definition, base, suspect };
    const found = explainDispute(dispute, differences);
    if (found !== undefined) return found;
  }
  return undefined;
}

function toWitness({ info, attempts }: LaneAttempts): Witness[] {
  const observation = attempts.findLast(
    (attempt) => attempt.observation !== undefined,
  )?.observation;
  return observation === undefined ? [] : [{ info, observation, output: readOutput(observation) }];
}

function readOutput({ stdout, stderr }: Observation): string {
  return [stderr, stdout].map((stream) => readEnds(capturedText(stream))).join('\n');
}

function readEnds(text: string): string {
  if (text.length <= 2 * READ_EACH_END) return text;
  return `${text.slice(0, READ_EACH_END)}\n${text.slice(-READ_EACH_END)}`;
}

function explainDispute(
  dispute: Dispute,
  differences: readonly Difference[],
): Explanation | undefined {
  const bySymptom = SYMPTOM_ENTRIES.find(({ symptoms }) =>
    symptoms.some((symptom) => isNewSymptom(symptom, dispute)),
  );
  if (bySymptom !== undefined) return toExplanation(bySymptom);
  const { base } = dispute;
  if (base === undefined) return undefined;
  const both = { ...dispute, base };
  const byWhole = OBSERVATION_ENTRIES.find((entry) => entry.explains(both));
  if (byWhole !== undefined) return toExplanation(byWhole);
  const pairs = pairValues(both, differences);
  if (pairs.length === 0) return undefined;
  const byValue = VALUE_ENTRIES.find((entry) => pairs.every((pair) => entry.explains(pair, both)));
  return byValue === undefined ? undefined : toExplanation(byValue);
}

/** Differing words of the streams that differ; nothing when one of the differences is not of words. */
function pairValues(
  { definition, base, suspect }: Required<Dispute>,
  differences: readonly Difference[],
): TokenPair[] {
  const rewriters = createRewriters(definition.normalize, {
    platforms: [base.info.platform, suspect.info.platform],
  });
  const own = differences.filter(({ between }) => between[1] === suspect.info.id);
  const pairs: TokenPair[] = [];
  for (const difference of own) {
    const { what } = difference;
    if (what === 'exit' || what === 'files') return [];
    const texts =
      what === 'responses'
        ? [difference.left, difference.right]
        : [base, suspect].map(({ observation }) => capturedText(observation[what]));
    const [left = '', right = ''] = texts.map((text) => normaliseText(text, rewriters));
    const found = pairTokens(left, right);
    if (found === undefined) return [];
    pairs.push(...found);
  }
  return pairs;
}

function isNewSymptom(symptom: Symptom, { base, suspect }: Dispute): boolean {
  if (symptom.kinds !== undefined && !symptom.kinds.includes(suspect.info.kind)) return false;
  if (!shows(symptom, suspect)) return false;
  return symptom.alsoOnBase === true || base === undefined || !shows(symptom, base);
}

function shows({ ends, output, timedOut, cpu }: Symptom, witness: Witness): boolean {
  const { termination } = witness.observation;
  if (timedOut === true && termination.kind !== 'timeout') return false;
  if (cpu !== undefined && findPattern(cpu, witness.info.fingerprint['cpu'] ?? '') === undefined)
    return false;
  if (ends !== undefined && !ends.some((end) => endedBy(termination, end))) return false;
  return output === undefined || findPattern(output, witness.output) !== undefined;
}

function toExplanation(entry: Explanation): Explanation {
  const { id, title, cause, advice, source, qemu, syscalls } = entry;
  return {
    ...{ id, title, cause, advice, source },
    ...(qemu === undefined ? {} : { qemu }),
    ...(syscalls === undefined ? {} : { syscalls }),
  };
}

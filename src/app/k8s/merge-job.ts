import type { IJob } from 'kubernetes-models/batch/v1';
import { platformFacts } from '../../core/index.ts';
import type { ManifestRequest } from './manifest-request.ts';
import { makePodTemplate } from './pod-template.ts';
import { shellCommand } from './record-store.ts';
import { deadlineSeconds, labelRun, nameIn, runEnvironment } from './shard-job.ts';

/** After the deadline of the shards the merge still needs time for itself. */
const MERGE_SECONDS = 600;

/**
 * Waits for the records of all shards, and merges those that are there when the time is over: the merge names
 * the missing ones, and ends with 3 as it does where there are none.
 */
const SCRIPT = `mkdir -p "$RECORDS/merged" || exit 3
missing() {
  gather
  for architecture in $ARCHITECTURES; do
    index=0
    while [ "$index" -lt "$SHARDS" ]; do
      [ -e "$RECORDS/$architecture-$index.ndjson" ] || return 0
      index=$((index + 1))
    done
  done
  return 1
}
left=$WAIT_SECONDS
while missing && [ "$left" -gt 0 ]; do
  sleep 5
  left=$((left - 5))
done
set --
lanes=
for architecture in $ARCHITECTURES; do
  lanes="$lanes --require-lane $architecture"
  for record in "$RECORDS/$architecture"-*.ndjson; do
    case $record in
      *.part.ndjson | *'*'*) ;;
      *) set -- "$@" "$record" ;;
    esac
  done
done
if [ $# -eq 0 ]; then echo "no shard has left a record in \${STORE:-$RECORDS}" >&2; exit 3; fi
archparity merge "$@" $lanes --output "$RECORDS/merged/record.ndjson" \\
  --reporter text --reporter "junit=$RECORDS/merged/junit.xml" --reporter "html=$RECORDS/merged/report.html"
status=$?
deliver
exit "$status"
`;

/** The Job that joins the records of all shards; it succeeds when all is well. */
export function makeMergeJob(request: ManifestRequest): IJob {
  const { name, shards, platforms } = request;
  const deadline = deadlineSeconds(request);
  const labels = labelRun(name, 'merge');
  const architectures = platforms.map((platform) => platformFacts(platform).oci.architecture);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...nameIn(request, `${name}-merge`), labels: { ...labels } },
    spec: {
      // What it says of the cases stays the same however often it says it.
      backoffLimit: 0,
      activeDeadlineSeconds: deadline + MERGE_SECONDS,
      template: makePodTemplate(request, {
        labels,
        container: {
          name: 'archparity',
          ...shellCommand(request, SCRIPT),
          env: [
            { name: 'ARCHITECTURES', value: architectures.join(' ') },
            { name: 'SHARDS', value: String(shards) },
            { name: 'WAIT_SECONDS', value: String(deadline) },
            ...runEnvironment(request),
          ],
        },
      }),
    },
  };
}

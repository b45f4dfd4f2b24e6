import type { LaneInfo, OpenedImage } from '../../core/index.ts';
import type { RunContext } from '../run-context.ts';
import { fragment, type Markup } from './markup.ts';
import { scrollable } from './page.ts';

function laneRow({ fingerprint, id, kind, mode, platform }: LaneInfo): Markup {
  const facts = Object.entries(fingerprint);
  const list = facts.map(
    ([name, value]) =>
      fragment`<dt>${name}</dt>
        <dd>${value}</dd>`,
  );
  return fragment`<tr>
    <th scope="row">${id}</th>
    <td>${kind}</td>
    <td>${platform}</td>
    <td>${mode}</td>
    <td>
      <details>
        <summary>
          ${fingerprint['qemu'] === undefined ? `${facts.length} facts` : `QEMU ${fingerprint['qemu']}`}
        </summary>
        <dl>${list}</dl>
      </details>
    </td>
  </tr> `;
}

function imageLine({ digest, laneId, origin, reference }: OpenedImage): Markup {
  const facts = [laneId, digest, origin].filter((fact) => fact !== undefined).join(' · ');
  return fragment`<li><code>${reference}</code> ${facts}</li> `;
}

/** The lanes with their fingerprints, the images that they have, and those that could not be opened with the reason. */
export function lanesSection({ failedLanes, images, lanes }: RunContext): Markup {
  const failed = failedLanes.map(
    ({ failure, laneId }) =>
      fragment`<p>
        <span class="label bad">${laneId}</span> could not be opened: ${failure.message}
        (${failure.code})${failure.advice === undefined ? undefined : fragment`<br />→ ${failure.advice}`}
      </p> `,
  );
  const heads = ['Lane', 'Kind', 'Platform', 'Mode', 'Fingerprint'];
  const table = scrollable(
    'Lanes',
    fragment`<table class="lanes">
      <thead>
        <tr>
          ${heads.map((head) => fragment`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${Array.from(lanes.values(), laneRow)}
      </tbody>
    </table>`,
  );
  return fragment`<section>
    <h2>Lanes</h2>
    ${lanes.size === 0 ? undefined : table}${failed}
    ${images.length === 0 ? undefined : fragment`<ul>${images.map(imageLine)}</ul>`}
  </section> `;
}

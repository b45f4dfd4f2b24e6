/**
 * What the page does beyond showing: filters, search, copying. All of the report is there without it, and the
 * controls only appear with it.
 */
export const PAGE_SCRIPT = `
'use strict';
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  for (const control of all('[data-needs-script]')) control.hidden = false;

  const cases = all('.case').map((element) => ({
    element,
    label: element.dataset.label,
    text: element.textContent.toLowerCase(),
  }));
  const search = document.getElementById('search');
  const shown = document.getElementById('shown');
  const labels = all('input[name="label"]');
  const filter = () => {
    const wanted = new Set(labels.filter((box) => box.checked).map((box) => box.value));
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let count = 0;
    for (const { element, label, text } of cases) {
      const fits = wanted.has(label) && words.every((word) => text.includes(word));
      element.hidden = !fits;
      if (fits) count += 1;
    }
    shown.textContent = count + ' of ' + cases.length + ' cases shown';
  };
  if (search) {
    search.addEventListener('input', filter);
    for (const box of labels) box.addEventListener('change', filter);
    filter();
  }

  const opener = document.getElementById('show-normalised');
  if (opener) {
    opener.addEventListener('change', () => {
      for (const element of all('details.normalised')) element.open = opener.checked;
    });
  }

  const copy = async (source) => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      return true;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return document.execCommand('copy');
    }
  };
  for (const button of all('button[data-copy]')) {
    button.addEventListener('click', async () => {
      const done = await copy(button.parentElement.querySelector('pre'));
      button.textContent = done ? 'Copied' : 'Press Ctrl-C';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    });
  }
})();
`;

import { html } from "lit";

// Characters that always stay at the end: the extension, and the number of a part or version before it.
const END_LENGTH = 12;
// Shorter names are not split.
const SHORT_LENGTH = 16;

// Letters that are written from right to left.
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Renders the name of a file, which is shortened in the middle if there is too little room.
 *
 * Parts of a name with letters from right to left would change places: it stays whole, and is shortened at its end.
 */
export function fileName(name: string) {
  if (RIGHT_TO_LEFT.test(name)) {
    return html`<bdi class="file" dir="auto" title=${name}><span>${name}</span></bdi>`;
  }
  const characters = [...name];
  const at = characters.length > SHORT_LENGTH ? characters.length - END_LENGTH : 0;
  const start = characters.slice(0, at).join("");
  const end = characters.slice(at).join("");
  return html`<bdi class="file" dir="ltr" title=${name}
    >${start ? html`<span>${start}</span>` : null}<span>${end}</span></bdi
  >`;
}

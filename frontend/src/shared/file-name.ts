import { html } from "lit";

// Characters that always stay at the end: the extension, and the number of a part or version before it.
const END_LENGTH = 12;
// Shorter names are not split.
const SHORT_LENGTH = 16;

/** Renders the name of a file, which is shortened in the middle if there is too little room. */
export function fileName(name: string) {
  const characters = [...name];
  const at = characters.length > SHORT_LENGTH ? characters.length - END_LENGTH : 0;
  const start = characters.slice(0, at).join("");
  const end = characters.slice(at).join("");
  return html`<bdi class="file" dir="ltr" title=${name}
    >${start ? html`<span>${start}</span>` : null}<span>${end}</span></bdi
  >`;
}

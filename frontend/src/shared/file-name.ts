import { html } from "lit";

// So much of the end stays: the extension, and what tells one part of a series from the next.
const END_LENGTH = 12;
// A name that is hardly longer has no middle.
const SHORT_LENGTH = 20;

/** Shows the name of a file, shortened in its middle where there is no room for all of it. */
export function fileName(name: string) {
  const characters = [...name];
  const at = characters.length > SHORT_LENGTH ? characters.length - END_LENGTH : 0;
  const start = characters.slice(0, at).join("");
  const end = characters.slice(at).join("");
  return html`<bdi class="file" dir="ltr" title=${name}
    >${start ? html`<span>${start}</span>` : null}<span>${end}</span></bdi
  >`;
}

/** The parts of a card that are loaded after the others. */
import { html } from "lit";

import "./events";
import "./objects";
import "./preheat";
import "./temperatures";

const PARTS = {
  temperatures: html`<obico-printer-temperatures></obico-printer-temperatures>`,
  objects: html`<obico-printer-objects></obico-printer-objects>`,
  preheat: html`<obico-preheat></obico-preheat>`,
  events: html`<obico-printer-events></obico-printer-events>`,
};

export function part(name: keyof typeof PARTS) {
  return PARTS[name];
}

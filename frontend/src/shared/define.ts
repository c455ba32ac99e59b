/** Defines a custom element, once: a second copy of this module leaves the first in charge. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

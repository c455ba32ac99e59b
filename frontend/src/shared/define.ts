/** Defines a custom element unless it is defined, for example by another copy of this module. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

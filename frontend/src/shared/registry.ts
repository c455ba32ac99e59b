// Home Assistant puts a registry of elements of its own in the place of the browser's, and a page may
// run this module before. What is defined by then is lost, and so is what extends elements of before:
// the whole module has to wait, and so this stands first in it.
if (document.querySelector("home-assistant")) await customElements.whenDefined("home-assistant");

export {};

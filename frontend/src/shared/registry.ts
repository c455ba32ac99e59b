// Home Assistant replaces the browser's registry of custom elements by a polyfill, and a page may run this
// module before. Elements that are defined by then are lost, and so are subclasses of older base classes.
// Therefore the whole module waits, and this import stands first.
if (document.querySelector("home-assistant")) await customElements.whenDefined("home-assistant");

export {};

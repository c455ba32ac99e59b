/** What tests need of a browser, there before anything of the card is loaded. */
import { GlobalRegistrator } from "@happy-dom/global-registrator";

GlobalRegistrator.register({ url: "http://homeassistant.local:8123/" });

/** Sees whatever it is shown, once it is told to. */
globalThis.IntersectionObserver = class {
  static all = new Set();
  #callback;
  constructor(callback) {
    this.#callback = callback;
  }
  observe() {
    IntersectionObserver.all.add(this);
    // As in browsers, after what runs now.
    queueMicrotask(() => {
      if (IntersectionObserver.all.has(this)) this.tell(true);
    });
  }
  disconnect() {
    IntersectionObserver.all.delete(this);
  }
  tell(isIntersecting) {
    this.#callback([{ isIntersecting }]);
  }
};

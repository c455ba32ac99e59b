import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Tells its host whether it is visible: on the screen, and in a tab that is in front. */
export class Visible implements ReactiveController {
  private onScreen = false;
  private observer: IntersectionObserver | undefined;
  private was = false;

  constructor(
    private readonly host: ReactiveControllerHost & Element,
    private readonly changed: (visible: boolean) => void,
  ) {
    host.addController(this);
  }

  get now(): boolean {
    return this.onScreen && document.visibilityState === "visible";
  }

  hostConnected(): void {
    this.observer = new IntersectionObserver((entries) => {
      this.onScreen = entries.at(-1)?.isIntersecting ?? false;
      this.tell();
    });
    this.observer.observe(this.host);
    document.addEventListener("visibilitychange", this.tell);
  }

  hostDisconnected(): void {
    this.observer?.disconnect();
    document.removeEventListener("visibilitychange", this.tell);
    this.onScreen = false;
    this.tell();
  }

  private readonly tell = (): void => {
    if (this.now === this.was) return;
    this.was = this.now;
    this.changed(this.now);
  };
}

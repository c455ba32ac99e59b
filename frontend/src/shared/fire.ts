/** Fires an event that Home Assistant listens to, also from within a shadow root. */
export function fire(from: EventTarget, type: string, detail?: unknown): void {
  from.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}

/** Opens the dialog of an entity. */
export function showMore(from: EventTarget, entityId: string): void {
  fire(from, "hass-more-info", { entityId });
}

/** Live video in the card: how it begins, what it shows, and why it ends. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { PictureReader } from "../src/card/live/mjpeg";
import type { Ended, Offer } from "../src/card/live/viewing";
import "../src/card/live/player";
import { House } from "./support/house";
import { Shown } from "./support/shown";

type Event = Offer | Ended;

const OFFER: Offer = {
  type: "offer",
  session: 7,
  sdp: "v=0",
  kind: "h264",
  flip_horizontal: false,
  flip_vertical: false,
  rotation: 0,
  seconds: null,
};

/** What Home Assistant is asked for, and what it tells. */
class Home {
  readonly house = new House();
  readonly sent: Record<string, unknown>[] = [];
  readonly opened: string[] = [];
  open = 0;
  private tell: ((event: Event) => void) | undefined;

  constructor(printer: Parameters<House["printer"]>[1] = {}) {
    this.house.printer("prusa", printer);
    const { hass } = this.house;
    this.house.change({
      callWS: async <T>(message: Record<string, unknown>) => {
        if (message["type"] === "obico/janus/send") this.sent.push(message);
        return [] as T;
      },
      connection: {
        subscribeMessage: async <T>(callback: (event: T) => void, message: object) => {
          this.opened.push((message as { entity_id: string }).entity_id);
          this.tell = callback as (event: Event) => void;
          this.open += 1;
          return async () => {
            this.open -= 1;
          };
        },
      },
    });
    assert.notEqual(hass, this.house.hass);
  }

  async say(event: Event): Promise<void> {
    this.tell!(event);
    await settled();
  }
}

let peers: FakePeer[] = [];

/** A connection of WebRTC that a test drives. */
class FakePeer {
  connectionState = "new";
  ontrack: ((event: object) => void) | undefined;
  ondatachannel: ((event: object) => void) | undefined;
  onicecandidate: ((event: object) => void) | undefined;
  onconnectionstatechange: (() => void) | undefined;
  channel = { onmessage: (_message: { data: ArrayBuffer }) => {} };
  isClosed = false;

  constructor() {
    peers.push(this);
  }
  async setRemoteDescription(): Promise<void> {}
  async createAnswer() {
    return { sdp: "the answer" };
  }
  async setLocalDescription(): Promise<void> {
    this.onicecandidate!({ candidate: { candidate: "candidate:1", sdpMLineIndex: 1 } });
  }
  createDataChannel() {
    return this.channel;
  }
  close(): void {
    this.isClosed = true;
  }
  become(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange!();
  }
}

const BrowsersPeer = globalThis.RTCPeerConnection;

beforeEach(() => {
  peers = [];
  globalThis.RTCPeerConnection = FakePeer as unknown as typeof RTCPeerConnection;
});

afterEach(() => {
  document.body.replaceChildren();
  mock.timers.reset();
  globalThis.RTCPeerConnection = BrowsersPeer;
});

async function settled(): Promise<void> {
  for (let round = 0; round < 12; round += 1) await Promise.resolve();
  await new Promise<void>((done) => setImmediate(done));
}

interface Player extends HTMLElement {
  hass: House["hass"];
  entityId: string;
  label: string;
}

async function watch(home: Home): Promise<Player> {
  const player = document.createElement("obico-live-video") as Player;
  Object.assign(player, { hass: home.house.hass, entityId: "camera.a", label: "Picture of a" });
  document.body.append(player);
  await settled();
  return player;
}

function textOf(player: Player): string {
  return (player.shadowRoot!.querySelector(".notes")!.textContent ?? "")
    .replace(/\s+/g, " ")
    .trim();
}

function bytes(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer;
}

function seen(isIntersecting: boolean): void {
  const { all } = IntersectionObserver as unknown as {
    all: Set<{ tell(isIntersecting: boolean): void }>;
  };
  all.forEach((observer) => observer.tell(isIntersecting));
}

// Pictures over a data channel

test("pieces become a picture", () => {
  const reader = new PictureReader();
  assert.equal(reader.read(bytes("\r\n8:6\r\n")), undefined);
  assert.equal(reader.read(bytes("AAAA")), undefined);
  assert.equal(reader.read(bytes("BBBB")), "data:image/jpeg;base64,AAAABBBB");
});

test("what comes before the first header is ignored, and a header in the middle starts over", () => {
  const reader = new PictureReader();
  assert.equal(reader.read(bytes("AAAA")), undefined);
  reader.read(bytes("\r\n8:6\r\n"));
  reader.read(bytes("AAAA"));
  reader.read(bytes("\r\n4:3\r\n"));
  assert.equal(reader.read(bytes("CCCC")), "data:image/jpeg;base64,CCCC");
});

test("more than was announced, too much, and what is no base64 are no picture", () => {
  const reader = new PictureReader();
  reader.read(bytes("\r\n4:3\r\n"));
  assert.equal(reader.read(bytes("AAAAA")), undefined);
  reader.read(bytes("\r\n99999999:3\r\n"));
  assert.equal(reader.read(bytes("AAAA")), undefined);
  reader.read(bytes("\r\n4:3\r\n"));
  assert.equal(reader.read(bytes('"on<')), undefined);
});

// A viewing

test("the browser answers, and its addresses follow the answer", async () => {
  const home = new Home();
  const player = await watch(home);
  assert.deepEqual(home.opened, ["camera.a"]);
  assert.equal(textOf(player), "Connecting…");

  await home.say(OFFER);
  peers[0]!.onicecandidate!({ candidate: null });
  await settled();
  assert.deepEqual(home.sent, [
    { type: "obico/janus/send", session: 7, answer: "the answer" },
    { type: "obico/janus/send", session: 7, candidate: "candidate:1", line: 1 },
    { type: "obico/janus/send", session: 7, candidate: "" },
  ]);
});

test("pictures are shown as the webcam is mounted, and are live once they are there", async () => {
  const home = new Home();
  const player = await watch(home);
  await home.say({ ...OFFER, kind: "mjpeg", rotation: 90, flip_horizontal: true });
  const { channel } = peers[0]!;
  channel.onmessage({ data: bytes("\r\n4:3\r\n") });
  channel.onmessage({ data: bytes("AAAA") });
  await settled();

  const picture = player.shadowRoot!.querySelector("img")!;
  assert.equal(picture.getAttribute("src"), "data:image/jpeg;base64,AAAA");
  assert.equal(picture.getAttribute("alt"), "Picture of a");
  assert.match(picture.getAttribute("style")!, /rotate\(90deg\) scale\(-1, 1\)/);
  assert.ok(player.shadowRoot!.querySelector(".turned"));

  picture.dispatchEvent(new window.Event("load") as unknown as globalThis.Event);
  await settled();
  assert.equal(textOf(player), "Live");
});

test("it ends when it is removed or no longer on the screen, and goes on when it is seen", async () => {
  const home = new Home();
  const player = await watch(home);
  await home.say(OFFER);
  seen(false);
  await settled();
  assert.equal(home.open, 0);
  assert.ok(peers[0]!.isClosed);

  seen(true);
  await settled();
  assert.equal(home.open, 1);
  player.remove();
  await settled();
  assert.equal(home.open, 0);
});

test("a tab in the background has it for a minute", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const home = new Home();
  await watch(home);
  const visibility = mock.getter(document, "visibilityState", () => "hidden");
  document.dispatchEvent(new window.Event("visibilitychange") as unknown as globalThis.Event);
  mock.timers.tick(59_000);
  await settled();
  assert.equal(home.open, 1);
  mock.timers.tick(2_000);
  await settled();
  assert.equal(home.open, 0);
  visibility.mock.restore();
});

test("a picture that does not move any more is not called live", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const home = new Home();
  const player = await watch(home);
  await home.say({ ...OFFER, kind: "mjpeg" });
  const arrive = async (data: string) => {
    peers[0]!.channel.onmessage({ data: bytes("\r\n4:3\r\n") });
    peers[0]!.channel.onmessage({ data: bytes(data) });
    await settled();
    player
      .shadowRoot!.querySelector("img")!
      .dispatchEvent(new window.Event("load") as unknown as globalThis.Event);
    await settled();
  };
  await arrive("AAAA");
  mock.timers.tick(4_000);
  await arrive("BBBB");
  mock.timers.tick(4_000);
  await settled();
  assert.equal(textOf(player), "Live");

  mock.timers.tick(2_000);
  await settled();
  assert.equal(textOf(player), "Connecting…");
  assert.equal(home.open, 1);

  await arrive("CCCC");
  assert.equal(textOf(player), "Live");
  // What is gone for long is asked for anew.
  mock.timers.tick(21_000);
  await settled();
  assert.equal(home.open, 0);
  mock.timers.tick(1_000);
  await settled();
  assert.equal(home.open, 1);
});

test("the seconds of a break are not read out one by one", async () => {
  mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  const home = new Home();
  const player = await watch(home);
  const notes = player.shadowRoot!.querySelector(".notes")!;
  assert.equal(notes.getAttribute("role"), "status");
  await home.say(OFFER);
  await home.say({ type: "ended", reason: "limit", seconds: 30 });
  await settled();
  assert.equal(notes.getAttribute("role"), "timer");
});

test("the limit of the free plan is said, and it goes on after the break", async () => {
  mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  const home = new Home();
  const player = await watch(home);
  await home.say({ ...OFFER, kind: "mjpeg", seconds: 30 });
  peers[0]!.channel.onmessage({ data: bytes("\r\n4:3\r\n") });
  peers[0]!.channel.onmessage({ data: bytes("AAAA") });
  await settled();
  player
    .shadowRoot!.querySelector("img")!
    .dispatchEvent(new window.Event("load") as unknown as globalThis.Event);
  await settled();
  assert.equal(textOf(player), "Live 30 s at a time on the free plan");

  await home.say({ type: "ended", reason: "limit", seconds: 30 });
  assert.equal(textOf(player), "Free plan of Obico Cloud: live again in 30 s");
  mock.timers.tick(29_000);
  await settled();
  assert.equal(textOf(player), "Free plan of Obico Cloud: live again in 1 s");
  assert.equal(home.open, 0);
  mock.timers.tick(1_000);
  await settled();
  assert.equal(home.open, 1);
});

test("the free plan has five pictures a second", async () => {
  const home = new Home();
  const player = await watch(home);
  await home.say({ ...OFFER, kind: "mjpeg", seconds: 30 });
  for (const picture of ["AAAA", "BBBB"]) {
    peers[0]!.channel.onmessage({ data: bytes("\r\n4:3\r\n") });
    peers[0]!.channel.onmessage({ data: bytes(picture) });
  }
  await settled();
  const address = player.shadowRoot!.querySelector("img")!.getAttribute("src");
  assert.equal(address, "data:image/jpeg;base64,AAAA");
});

test("an agent that never answers is asked twice, then it is said why", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const home = new Home();
  const player = await watch(home);
  const ended: unknown[] = [];
  player.addEventListener("obico-live-ended", ((event: CustomEvent) =>
    ended.push(event.detail)) as unknown as EventListener);
  await home.say({ type: "ended", reason: "silent" });
  assert.deepEqual(ended, []);
  mock.timers.tick(1_000);
  await settled();
  assert.equal(home.opened.length, 2);
  await home.say({ type: "ended", reason: "silent" });
  assert.deepEqual(ended, [{ reason: "silent" }]);
});

test("a connection that is interrupted for long begins anew", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const home = new Home();
  await watch(home);
  await home.say(OFFER);
  peers[0]!.become("disconnected");
  mock.timers.tick(3_000);
  peers[0]!.become("connected");
  mock.timers.tick(3_000);
  await settled();
  assert.equal(home.open, 1);
  peers[0]!.become("failed");
  await settled();
  assert.equal(home.open, 0);
  mock.timers.tick(1_000);
  await settled();
  assert.equal(home.open, 1);
});

test("a browser that cannot show it says so at once", async () => {
  globalThis.RTCPeerConnection = class {
    constructor() {
      throw new Error("no WebRTC");
    }
  } as unknown as typeof RTCPeerConnection;
  const home = new Home();
  const player = await watch(home);
  const ended: unknown[] = [];
  player.addEventListener("obico-live-ended", ((event: CustomEvent) =>
    ended.push(event.detail)) as unknown as EventListener);
  await home.say(OFFER);
  assert.deepEqual(ended, [{ reason: "unsupported" }]);
});

// In the card

test("a camera with live video has a button for it, and a text where there is none after all", async () => {
  const home = new Home();
  const { house } = home;
  const camera = Object.values(house.hass.states).find(({ entity_id }) =>
    entity_id.startsWith("camera."),
  )!;
  house.change({
    states: {
      ...house.hass.states,
      [camera.entity_id]: { ...camera, attributes: { ...camera.attributes, live_video: "h264" } },
    },
  });
  const shown = await Shown.of(house, "prusa");
  // Of many printers on a page, it is heard whose picture it is.
  assert.match(shown.one(".tool").getAttribute("aria-label")!, /^Live video prusa$/i);
  shown.button("Live video").click();
  await shown.settled();
  const player = shown.one("obico-live-video");
  assert.deepEqual(home.opened, [camera.entity_id]);
  shown.button("Stop live video");

  player.dispatchEvent(
    new CustomEvent("obico-live-ended", { detail: { reason: "silent" }, bubbles: true }),
  );
  await shown.settled();
  assert.equal(shown.has("obico-live-video"), false);
  assert.match(shown.text("camera"), /the printer's agent does not answer/);
});

test("a camera without live video has no button for it", async () => {
  const shown = await Shown.of(new Home().house, "prusa");
  assert.throws(() => shown.button("Live video"));
});

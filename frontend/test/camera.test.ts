import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { House, IDLE } from "./support/house";
import { Shown } from "./support/shown";

/** Pictures that are under way: each is answered by the test. */
class Pictures {
  readonly asked: FakePicture[] = [];

  get last(): FakePicture {
    return this.asked.at(-1)!;
  }
}

interface FakePicture extends HTMLImageElement {
  arrive(): void;
  fail(): void;
}

let pictures: Pictures;
const BrowsersImage = globalThis.Image;

beforeEach(() => {
  pictures = new Pictures();
  const { asked } = pictures;
  globalThis.Image = function () {
    const picture = document.createElement("img") as unknown as FakePicture;
    picture.decode = () =>
      new Promise<void>((arrive, fail) => Object.assign(picture, { arrive, fail }));
    asked.push(picture);
    return picture;
  } as unknown as typeof Image;
  mock.timers.enable({ apis: ["setInterval", "Date"], now: Date.now() });
});

afterEach(() => {
  document.body.replaceChildren();
  mock.timers.reset();
  globalThis.Image = BrowsersImage;
});

async function show(what: Parameters<House["printer"]>[1] = {}) {
  const house = new House();
  house.printer("prusa", what);
  return { house, shown: await Shown.of(house, "prusa") };
}

function seen(isIntersecting: boolean): void {
  const { all } = IntersectionObserver as unknown as {
    all: Set<{ tell(isIntersecting: boolean): void }>;
  };
  all.forEach((observer) => observer.tell(isIntersecting));
}

test("the picture is there once it has arrived, and says what it shows", async () => {
  const { shown } = await show();
  assert.equal(shown.has("img"), false);

  pictures.last.arrive();
  await shown.settled();

  assert.ok(shown.one("img") === pictures.last);
  assert.equal(shown.one("img").getAttribute("alt"), "Picture of prusa");
});

test("the picture of a print is fetched anew, but not while one is under way", async () => {
  const { shown } = await show();
  mock.timers.tick(30_000);
  assert.equal(pictures.asked.length, 1);

  pictures.last.arrive();
  await shown.settled();
  mock.timers.tick(10_000);

  assert.equal(pictures.asked.length, 2);
  assert.ok(shown.one("img") === pictures.asked[0]);
});

test("the picture of an idle printer is fetched when it is looked at, and left alone", async () => {
  const { shown } = await show(IDLE);
  pictures.last.arrive();
  await shown.settled();

  mock.timers.tick(120_000);

  assert.equal(pictures.asked.length, 1);
});

test("what nobody sees is not fetched", async () => {
  const { shown } = await show();
  pictures.last.arrive();
  await shown.settled();

  seen(false);
  mock.timers.tick(60_000);
  assert.equal(pictures.asked.length, 1);

  seen(true);
  assert.equal(pictures.asked.length, 2);
});

test("a new address is asked at once", async () => {
  const { house, shown } = await show(IDLE);
  pictures.last.arrive();
  await shown.settled();

  house.update("prusa", { "camera.webcam": ["idle", { entity_picture: "/picture?token=2" }] });
  await shown.refresh();

  assert.equal(pictures.asked.length, 2);
  assert.match(pictures.last.src, /\/picture\?token=2&_=\d+$/);
});

test("what fails is tried again later, and the last good picture stays", async () => {
  const { shown } = await show();
  pictures.last.arrive();
  await shown.settled();
  const good = pictures.last;

  mock.timers.tick(10_000);
  pictures.last.fail();
  await shown.settled();
  assert.ok(shown.one("img") === good);
  mock.timers.tick(50_000);
  assert.equal(pictures.asked.length, 2);

  mock.timers.tick(10_000);
  assert.equal(pictures.asked.length, 3);
});

test("a picture that is old says of when it is", async () => {
  const { house, shown } = await show();
  pictures.last.arrive();
  await shown.settled();
  house.update("prusa", {
    "camera.webcam": [
      "idle",
      {
        entity_picture: "/api/camera_proxy/camera.x?token=1",
        stale_since: new Date().toISOString(),
      },
    ],
  });
  await shown.refresh();

  assert.match(shown.text("camera"), /^Picture from \d/);
});

test("a printer that goes offline takes its picture along", async () => {
  const { house, shown } = await show();
  pictures.last.arrive();
  await shown.settled();

  house.update("prusa", { "camera.webcam": "unavailable" });
  await shown.refresh();

  assert.equal(shown.has("img"), false);
});

test("another printer's picture is not that of the one before", async () => {
  const { house, shown } = await show();
  house.printer("voron");
  pictures.last.arrive();
  await shown.settled();

  shown.card.setConfig({ type: "custom:obico-printer-card", device_id: "voron" });
  await shown.refresh();
  assert.equal(shown.has("img"), false);

  pictures.last.arrive();
  await shown.settled();
  assert.equal(shown.one("img").getAttribute("alt"), "Picture of voron");
});

test("a change in the registry leaves the picture alone", async () => {
  const { house, shown } = await show(IDLE);
  pictures.last.arrive();
  await shown.settled();

  house.printer("voron");
  await shown.refresh();

  assert.ok(shown.one("img") === pictures.last);
  assert.equal(pictures.asked.length, 1);
});

test("a card that is taken away leaves nothing running", async () => {
  const { shown } = await show();
  pictures.last.arrive();
  await shown.settled();

  shown.remove();
  mock.timers.tick(600_000);

  assert.equal(pictures.asked.length, 1);
  const { all } = IntersectionObserver as unknown as { all: Set<unknown> };
  assert.equal(all.size, 0);
});

function play(shown: Awaited<ReturnType<typeof show>>["shown"]): void {
  shown.all("button.tool")[0]!.click();
}

test("pictures move where there is no live video, while somebody looks", async () => {
  const { shown } = await show();
  pictures.last.arrive();
  await shown.settled();

  play(shown);
  await shown.settled();
  const moving = pictures.last;
  assert.match(moving.src, /\/api\/camera_proxy_stream\/camera\..*token=/);
  assert.ok(shown.one("img") === moving);
  mock.timers.tick(60_000);
  assert.ok(pictures.last === moving);

  seen(false);
  assert.equal(moving.getAttribute("src"), "");
  seen(true);
  await shown.settled();
  assert.ok(pictures.last !== moving);
  assert.match(pictures.last.src, /camera_proxy_stream/);

  const again = pictures.last;
  play(shown);
  await shown.settled();
  assert.equal(again.getAttribute("src"), "");
});

test("a touch after a while begins the moving pictures anew", async () => {
  const { shown } = await show();
  play(shown);
  await shown.settled();
  const moving = pictures.last;
  const touch = () =>
    shown.one("img").dispatchEvent(new Event("pointerdown", { bubbles: true, composed: true }));

  touch();
  assert.ok(pictures.last === moving);
  mock.timers.tick(61_000);
  touch();
  assert.equal(moving.getAttribute("src"), "");
  assert.match(pictures.last.src, /camera_proxy_stream/);
});

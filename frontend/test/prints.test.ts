/** The card with the prints of a printer. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { contentTag } from "../src/shared/lazy-card";
import { PRINTS_CARD } from "../src/strategy/config";
import "../src/strategy/prints-card";
import { Actions, ShownCard } from "./support/actions";
import { House, IDLE } from "./support/house";

const PRINT = {
  id: 3,
  printer: "Voron",
  device_id: "Voron",
  file: "benchy.gcode",
  result: "finished",
  started_at: "2026-11-20T10:00:00+00:00",
  ended_at: "2026-11-20T12:00:00+00:00",
  duration: 7200,
  filament: 3.14,
  alerted_at: null,
  video: "/api/obico/prints/e/3/video",
  tagged_video: "/api/obico/prints/e/3/tagged_video",
  poster: "/api/obico/prints/e/3/poster",
  thumbnail: null,
  needs_verdict: false,
  frames_to_judge: 0,
  can_print_again: true,
};
const WITHOUT_VIDEO = { ...PRINT, id: 4, video: null, tagged_video: null, poster: null };

type Prints = readonly object[];

async function show(
  prints: Prints | ((data: Record<string, unknown>) => Prints),
  { printer = IDLE, config = {} } = {},
) {
  const house = new House();
  house.printer("Voron", printer);
  house.change({ services: { obico: { print_again: {} } } });
  const actions = new Actions(house, {
    get_prints: (data) => ({ prints: typeof prints === "function" ? prints(data) : prints }),
  });
  const shown = await ShownCard.show(house, contentTag(PRINTS_CARD), {
    type: `custom:${PRINTS_CARD}`,
    device_id: "Voron",
    ...config,
  });
  return { house, actions, shown };
}

afterEach(() => document.body.replaceChildren());

test("the last prints are told with what became of them", async () => {
  const { shown } = await show([
    { ...PRINT, ended_at: new Date(Date.now() - 3_600_000).toISOString() },
    {
      ...PRINT,
      id: 4,
      result: null,
      ended_at: null,
      duration: 60,
      filament: null,
      started_at: new Date().toISOString(),
      alerted_at: new Date().toISOString(),
    },
  ]);

  assert.equal(
    shown.textOf("ul"),
    "benchy.gcode Finished 1 hr. ago 2 hr 3.1 m benchy.gcode Printing this minute Failure alert",
  );
});

test("prints are asked for again when another one ended, and not before", async () => {
  const { house, actions, shown } = await show([PRINT]);
  assert.equal(actions.of("get_prints").length, 1);

  house.update("Voron", { "sensor.progress": "99" });
  await shown.refresh();
  assert.equal(actions.of("get_prints").length, 1);

  house.update("Voron", { "sensor.last_print_end": new Date().toISOString() });
  await shown.refresh();
  assert.equal(actions.of("get_prints").length, 2);
});

test("why prints cannot be had is said", async () => {
  const { shown } = await show(() => {
    throw { code: "home_assistant_error", message: "The server does not answer" };
  });

  assert.match(shown.words, /The server does not answer/);
});

test("without a print it says so, and so where none ended as was chosen", async () => {
  const { shown: none } = await show([]);
  assert.match(none.words, /No print yet\.$/);

  const { shown } = await show(({ result }) => (result === "cancelled" ? [] : [PRINT]));
  await shown.press(/Cancelled/);
  assert.match(shown.words, /None of the last prints ended so\.$/);
});

test("before a print has ended there is nothing to choose from", async () => {
  const { shown } = await show([{ ...PRINT, result: null, ended_at: null }]);
  assert.doesNotMatch(shown.words, /Finished|Cancelled/);
});

test("only prints of one outcome are shown once it is chosen, and all when it is pressed again", async () => {
  const { actions, shown } = await show([PRINT]);

  await shown.press(/Cancelled/);
  await shown.press(/Cancelled/);
  await shown.press(/Finished/);

  assert.deepEqual(
    actions.of("get_prints").map(({ result }) => result),
    [undefined, "cancelled", undefined, "finished"],
  );
});

test("older prints are shown on demand while there are any", async () => {
  const all = Array.from({ length: 12 }, (_, index) => ({ ...PRINT, id: index + 1 }));
  const { actions, shown } = await show(({ limit }) => all.slice(0, Number(limit)));
  assert.equal(shown.all("li").length, 10);

  await shown.press("Show more");

  assert.equal(shown.all("li").length, 12);
  assert.deepEqual(
    actions.of("get_prints").map(({ limit }) => limit),
    [10, 30],
  );
  await assert.rejects(shown.press("Show more"));
});

test("a limit of the configuration is kept", async () => {
  const { actions } = await show([PRINT], { config: { limit: 5 } });

  assert.equal(actions.of("get_prints")[0]!["limit"], 5);
});

test("a poster plays the time-lapse in its place, and nothing of it is loaded before", async () => {
  // Addresses that were signed are kept.
  const poster = "/api/obico/prints/e/77/poster";
  const { actions, shown } = await show([{ ...PRINT, poster }]);
  assert.deepEqual(actions.signed, [poster]);
  assert.equal(shown.has("video"), false);

  await shown.press("Play the time-lapse of benchy.gcode");

  assert.equal(shown.one("video").getAttribute("src"), `${PRINT.video}?authSig=x`);
  assert.ok(shown.one("obico-timelapse").hasAttribute("open"));

  await shown.press("With the AI's marks");
  assert.equal(shown.one("video").getAttribute("src"), `${PRINT.tagged_video}?authSig=x`);

  await shown.press("Close");
  assert.equal(shown.has("video"), false);
});

test("another variant goes on where the video was", async () => {
  const { shown } = await show([PRINT]);
  await shown.press(/^Play/);
  const video = shown.one("video") as HTMLVideoElement;
  video.currentTime = 12;

  await shown.press("With the AI's marks");
  video.currentTime = 0;
  video.dispatchEvent(new Event("loadedmetadata"));

  assert.equal(video.currentTime, 12);
});

test("one video plays at a time", async () => {
  const { shown } = await show([PRINT, { ...PRINT, id: 5, file: "vase.gcode" }]);

  await shown.press("Play the time-lapse of benchy.gcode");
  await shown.press("Play the time-lapse of vase.gcode");

  assert.equal(shown.one("video").getAttribute("aria-label"), "Time-lapse of vase.gcode");
});

test("a print without a video has nothing to press, one whose video is gone says so", async () => {
  const { shown } = await show([WITHOUT_VIDEO, PRINT]);
  assert.equal(shown.all("button.poster").length, 1);

  await shown.press(/^Play/);
  shown.one("video").dispatchEvent(new Event("error"));
  await shown.settled();

  assert.match(shown.one("p[role=alert]").textContent!, /cannot be played now/);
});

test("a picture that cannot be had is an icon", async () => {
  const { shown } = await show([PRINT]);
  shown.one("img").dispatchEvent(new Event("error"));
  await shown.settled();

  assert.equal(shown.has("img"), false);
  assert.ok(shown.one("obico-picture").shadowRoot!.querySelector("ha-icon"));
});

test("a print is begun again once somebody said that the bed is empty", async () => {
  const { shown } = await show([PRINT]);
  const asked: { perform_action: string; confirmation: { text: string } }[] = [];
  shown.card.addEventListener("hass-action", (event) =>
    asked.push((event as CustomEvent).detail.config.tap_action),
  );

  await shown.press("Print benchy.gcode again");

  assert.equal(asked.length, 1);
  const { confirmation, ...action } = asked[0]!;
  assert.match(confirmation.text, /Is the bed of Voron empty/);
  assert.deepEqual(action, {
    action: "perform-action",
    perform_action: "obico.print_again",
    data: { device_id: "Voron", print_id: 3 },
  });
});

test("nothing is printed again by a printer that is at work, nor what is gone", async () => {
  const busy = await show([PRINT], { printer: {} as typeof IDLE });
  await assert.rejects(busy.shown.press(/again/));

  const gone = await show([{ ...PRINT, can_print_again: false }]);
  await assert.rejects(gone.shown.press(/again/));
});

/** The card in which past prints are judged. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { contentTag } from "../src/shared/lazy-card";
import { REVIEW_CARD } from "../src/strategy/config";
import "../src/strategy/review-card";
import { Actions, ShownCard } from "./support/actions";
import { House, IDLE } from "./support/house";

const frame = (id: number, answer: string | null = null) => ({
  id,
  picture: `/api/obico/prints/e/1/frames/${id}`,
  answer,
  answered_at: null,
});
const PRINT = {
  id: 1,
  printer: "Voron",
  device_id: "Voron",
  file: "benchy.gcode",
  result: "cancelled",
  started_at: "2026-11-20T10:00:00+00:00",
  ended_at: "2026-11-20T12:00:00+00:00",
  duration: 7200,
  filament: null,
  alerted_at: "2026-11-20T11:00:00+00:00",
  video: "/api/obico/prints/e/1/video",
  tagged_video: null,
  poster: "/api/obico/prints/e/1/poster",
  thumbnail: null,
  needs_verdict: true,
  frames_to_judge: 2,
  can_print_again: false,
  consented_at: "2026-11-20T13:00:00+00:00",
  frames: [frame(11), frame(12)],
};
const CURVE = { scores: [0, 20, null, 80], warning: 33.3, failing: 66.7, highest: 80 };

async function show(prints: readonly object[], answers: Record<string, () => unknown> = {}) {
  const house = new House();
  house.printer("Voron", IDLE);
  const actions = new Actions(house, {
    get_review: () => ({ prints, to_judge: prints.length }),
    get_prediction: () => ({ print_id: 1, ...CURVE }),
    judge_print: () => ({ needs_verdict: false }),
    judge_frame: () => ({ credited_hours: 0, frames_to_judge: 0 }),
    ...answers,
  });
  const shown = await ShownCard.show(house, contentTag(REVIEW_CARD), {
    type: `custom:${REVIEW_CARD}`,
  });
  return { house, actions, shown };
}

async function type(shown: ShownCard, key: string, from = ".stage"): Promise<KeyboardEvent> {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  shown.one(from).dispatchEvent(event);
  await shown.settled();
  return event;
}

async function consent(shown: ShownCard): Promise<void> {
  const box = shown.one("input[type=checkbox]") as HTMLInputElement;
  box.checked = true;
  box.dispatchEvent(new Event("change"));
  await shown.settled();
}

afterEach(() => document.body.replaceChildren());

test("a print is shown with its score along the print, and asked about", async () => {
  const { actions, shown } = await show([PRINT]);

  assert.deepEqual(actions.of("get_review"), [{ device_id: ["Voron"] }]);
  assert.deepEqual(actions.of("get_prediction"), [{ device_id: "Voron", print_id: 1 }]);
  assert.match(shown.words, /Print 1 of 1/);
  assert.match(shown.words, /Failure score along the print, at most 80 %/);
  assert.match(shown.words, /Did this print fail\?/);
  assert.equal(shown.one("polyline").getAttribute("points"), "0.0,100.0 133.3,80.0 400.0,20.0");
});

test("a print is judged by a key, then its frames, and then there is nothing left", async () => {
  const { actions, shown } = await show([PRINT]);

  assert.ok((await type(shown, "2")).defaultPrevented);
  assert.deepEqual(actions.of("judge_print"), [
    { device_id: "Voron", print_id: 1, verdict: "not_failed" },
  ]);
  assert.match(shown.words, /Picture 1 of 2/);

  await consent(shown);
  await type(shown, "1");
  assert.match(shown.words, /Picture 2 of 2/);
  await type(shown, "3");
  assert.deepEqual(
    actions.of("judge_frame").map(({ frame_id, answer, consent }) => [frame_id, answer, consent]),
    [
      [11, "looks_bad", true],
      [12, "undecided", true],
    ],
  );
  assert.match(shown.words, /There is nothing to judge\./);
});

test("without a tick no frame is given to anybody, also where somebody agreed before", async () => {
  const { actions, shown } = await show([{ ...PRINT, needs_verdict: false }]);
  assert.equal((shown.one("input[type=checkbox]") as HTMLInputElement).checked, false);

  await type(shown, "1");
  await shown.press(/Looks bad/);

  assert.deepEqual(actions.of("judge_frame"), []);
  assert.equal(shown.one(".looks_bad").getAttribute("aria-disabled"), "true");
});

test("what was earned is told", async () => {
  const { shown } = await show([{ ...PRINT, needs_verdict: false, frames: [frame(11)] }], {
    judge_frame: () => ({ credited_hours: 2, frames_to_judge: 0 }),
  });
  await consent(shown);

  await shown.press(/Looks good/);

  assert.match(shown.words, /Earned: 2 hours of AI detection/);
});

test("arrows lead from print to print, and from frame to frame", async () => {
  const { shown } = await show([PRINT, { ...PRINT, id: 2, needs_verdict: false }]);

  await type(shown, "ArrowLeft");
  assert.match(shown.words, /Print 1 of 2/);
  await type(shown, "ArrowRight");
  assert.match(shown.words, /Print 2 of 2/);
  assert.match(shown.words, /Picture 1 of 2/);
  await type(shown, "ArrowRight");
  assert.match(shown.words, /Picture 2 of 2/);
  await type(shown, "ArrowRight");
  assert.match(shown.words, /Picture 2 of 2/);

  await shown.press("Previous");
  assert.match(shown.words, /Print 1 of 2/);
});

test("other keys do nothing, and those of the video are its own", async () => {
  const { actions, shown } = await show([PRINT]);

  assert.equal((await type(shown, "3")).defaultPrevented, false);
  assert.equal((await type(shown, "1", "obico-timelapse")).defaultPrevented, false);
  const copy = new KeyboardEvent("keydown", { key: "1", ctrlKey: true, bubbles: true });
  shown.one(".stage").dispatchEvent(copy);
  await shown.settled();

  assert.deepEqual(actions.of("judge_print"), []);
});

test("a judgement that fails is said, and can be tried again", async () => {
  let works = false;
  const { actions, shown } = await show([PRINT], {
    judge_print: () => {
      if (!works) throw { message: "The server does not answer" };
      return { needs_verdict: false };
    },
  });

  await shown.press(/It failed/);
  assert.equal(shown.textOf("p[role=alert]"), "The server does not answer");
  assert.match(shown.words, /Did this print fail\?/);

  works = true;
  await shown.press(/It failed/);
  assert.equal(actions.of("judge_print").length, 2);
  assert.equal(shown.has("p[role=alert]"), false);
});

test("a click on the curve moves the video there, and the curve shows where it is", async () => {
  const { shown } = await show([PRINT]);
  await shown.press(/^Play/);
  const video = shown.one("video") as HTMLVideoElement;
  Object.defineProperty(video, "duration", { value: 40 });
  shown.one("svg").getBoundingClientRect = () => ({ left: 100, width: 200 }) as DOMRect;

  shown.one("svg").dispatchEvent(new MouseEvent("click", { clientX: 150, bubbles: true }));
  assert.equal(video.currentTime, 10);

  video.dispatchEvent(new Event("timeupdate"));
  await shown.settled();
  assert.equal(shown.one(".now").getAttribute("x1"), "100");
});

test("a print without scores is judged without a curve", async () => {
  const { shown } = await show([PRINT], {
    get_prediction: () => ({ scores: [], warning: 33.3, failing: 66.7, highest: null }),
  });
  assert.equal(shown.has("svg"), false);

  const broken = await show([PRINT], {
    get_prediction: () => {
      throw { message: "no" };
    },
  });
  assert.equal(broken.shown.has("svg"), false);
  assert.match(broken.shown.words, /Did this print fail\?/);
});

test("why there is nothing to see is said", async () => {
  const { shown } = await show([], {
    get_review: () => {
      throw { message: "The server does not answer" };
    },
  });
  assert.equal(shown.textOf("p[role=alert]"), "The server does not answer");

  const nothing = await show([]);
  assert.match(nothing.shown.words, /There is nothing to judge\./);

  const house = new House();
  const actions = new Actions(house, {});
  await ShownCard.show(house, contentTag(REVIEW_CARD), { type: `custom:${REVIEW_CARD}` });
  assert.deepEqual(actions.asked, []);
});

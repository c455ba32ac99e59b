import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { OBJECTS_DIALOG } from "../src/card/parts/objects-dialog";
import type { HomeAssistant } from "../src/shared/hass";
import { House } from "./support/house";
import { Shown } from "./support/shown";

afterEach(() => document.body.replaceChildren());

// The browser of the tests has no top layer.
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false;
};

const KLIPPER = { "sensor.fan_speed": "40" };

interface Message {
  service: string;
  service_data: Record<string, unknown>;
}

interface Placed {
  name: string;
  center: number[] | null;
  polygon: number[][];
}

function square(x: number): number[][] {
  return [
    [x, 10],
    [x + 20, 10],
    [x + 20, 30],
    [x, 30],
  ];
}

/** A dialog that is open, at a printer that leaves objects out. */
class Dialog {
  readonly sent: Message[] = [];
  readonly left: string[] = [];
  failure: string | undefined;
  refusal: string | undefined;
  /** How Home Assistant tells of a refusal, in the language of the system. */
  translated: object | undefined;
  /** What the printer has on its bed, and has left out already. */
  objects: Placed[] = ["CLIP_1", "CLIP_2"].map((name, index) => ({
    name,
    center: null,
    polygon: square(index * 50),
  }));
  readonly element: HTMLElement & {
    hass?: HomeAssistant;
    updateComplete: Promise<boolean>;
    showDialog(params: object): void;
  };

  constructor(house: House) {
    house.change({
      callWS: async <T>(message: { type: string }) => {
        const { service, service_data } = message as unknown as Message;
        this.sent.push({ service, service_data });
        if (this.translated) throw this.translated;
        if (this.failure !== undefined) throw new Error(this.failure);
        if (service === "exclude_object" && this.refusal) throw new Error(this.refusal);
        if (service === "exclude_object") this.left.push(String(service_data["object"]));
        const objects = this.objects.map((each) => ({
          ...each,
          excluded: this.left.includes(each.name),
        }));
        return { response: { current: "CLIP_2", objects } } as T;
      },
    });
    this.element = document.createElement(OBJECTS_DIALOG) as Dialog["element"];
    this.element.hass = house.hass;
    document.body.append(this.element);
  }

  async open(): Promise<void> {
    this.element.showDialog({ deviceId: "voron" });
    await this.settled();
  }

  async settled(): Promise<void> {
    for (let turns = 0; turns < 10; turns += 1) {
      await this.element.updateComplete;
      await new Promise((done) => setTimeout(done, 0));
    }
  }

  all(selector: string): Element[] {
    return [...this.element.shadowRoot!.querySelectorAll(selector)];
  }

  /** Returns what the rows say. */
  get rows(): string[] {
    return this.all("li").map((row) => row.textContent!.replace(/\s+/g, " ").trim());
  }

  async click(name: string): Promise<void> {
    const found = this.all("li button").find(
      (button) => (button.getAttribute("aria-label") ?? button.textContent!.trim()) === name,
    );
    assert.ok(found, name);
    found.dispatchEvent(new MouseEvent("click"));
    await this.settled();
  }
}

function opened(house = new House()): Dialog {
  house.printer("voron", KLIPPER);
  return new Dialog(house);
}

test("a print of Klipper has a button for its objects, others have not", async () => {
  const house = new House();
  house.printer("voron", KLIPPER);
  house.printer("prusa", { "sensor.fan_speed": null });
  const shown = await Shown.of(house, "voron");
  const dialogs: unknown[] = [];
  shown.card.addEventListener("show-dialog", (event) => {
    const { dialogTag, dialogParams } = (event as CustomEvent).detail;
    dialogs.push([dialogTag, dialogParams]);
  });

  shown.button("Objects").click();
  await shown.settled();

  assert.deepEqual(dialogs, [[OBJECTS_DIALOG, { deviceId: "voron" }]]);
  const other = await Shown.of(house, "prusa");
  assert.throws(() => other.button("Objects"));
});

test("an idle printer has no objects", async () => {
  const house = new House();
  house.printer("voron", { ...KLIPPER, "sensor.status": "idle" });
  const shown = await Shown.of(house, "voron");

  assert.throws(() => shown.button("Objects"));
});

test("the outlines of the objects are drawn, the front of the bed below", async () => {
  const dialog = opened();
  await dialog.open();

  const polygons = dialog.all("polygon");
  assert.equal(polygons[0]!.getAttribute("points"), "0,-10 20,-10 20,-30 0,-30");
  assert.deepEqual(
    dialog.all("g").map((object) => object.getAttribute("class")),
    ["", "current"],
  );
  assert.equal(dialog.all("svg")[0]!.getAttribute("viewBox"), "-10 -40 90 40");
});

test("an object is left out after one question", async () => {
  const dialog = opened();
  await dialog.open();
  await dialog.click("Leave out: CLIP_1");

  assert.match(dialog.rows[0]!, /^Leave CLIP_1 out\? It cannot be taken back in\./);
  assert.deepEqual(dialog.left, []);
  await dialog.click("Leave out");

  assert.deepEqual(dialog.left, ["CLIP_1"]);
  assert.equal(dialog.rows[0], "1 CLIP_1 Left out");
  assert.equal(dialog.all("[role=status]")[0]!.textContent!.trim(), "CLIP_1: Left out");
  assert.equal(dialog.all("g")[0]!.getAttribute("class"), "excluded");
  assert.deepEqual(
    dialog.sent.map(({ service }) => service),
    ["get_objects", "exclude_object", "get_objects"],
  );
});

test("an object is kept if the answer is no, and can be clicked on the bed", async () => {
  const dialog = opened();
  await dialog.open();
  dialog.all("g")[1]!.dispatchEvent(new MouseEvent("click"));
  await dialog.settled();
  assert.match(dialog.rows[1]!, /^Leave CLIP_2 out\?/);
  await dialog.click("Keep");

  assert.deepEqual(dialog.left, []);
  assert.equal(dialog.rows[1], "2 CLIP_2");
});

test("what goes wrong is said", async () => {
  const dialog = opened();
  dialog.failure = "The file that is printed has no objects.";
  await dialog.open();

  assert.equal(dialog.all("[role=alert]")[0]!.textContent, dialog.failure);
  assert.deepEqual(dialog.rows, []);
});

test("objects without an outline are dots, or only listed", async () => {
  const dialog = opened();
  dialog.objects = [
    { name: "CLIP_1", center: [50, 60], polygon: [] },
    { name: "CLIP_2", center: null, polygon: [] },
  ];
  await dialog.open();

  assert.equal(dialog.all("circle").length, 1);
  assert.deepEqual(dialog.rows, ["1 CLIP_1", "2 CLIP_2"]);
  dialog.objects = [{ name: "CLIP_2", center: null, polygon: [] }];
  await dialog.open();

  assert.equal(dialog.all("svg").length, 0);
  assert.deepEqual(dialog.rows, ["1 CLIP_2"]);
});

test("objects of one name are one, and a blank name has a sign", async () => {
  const dialog = opened();
  dialog.objects = ["CLIP", "CLIP", " "].map((name, index) => ({
    name,
    center: null,
    polygon: square(index * 50),
  }));
  await dialog.open();

  assert.deepEqual(dialog.rows, ["1 CLIP", "2 –"]);
  assert.equal(dialog.all("polygon").length, 3);
  assert.deepEqual(
    dialog.all("text").map((number) => number.textContent),
    ["1", "1", "2"],
  );
  await dialog.click("Leave out: –");
  assert.match(dialog.rows[1]!, /^Leave – out\?/);
});

test("what is left out by somebody else meanwhile is shown with the reason", async () => {
  const dialog = opened();
  await dialog.open();
  await dialog.click("Leave out: CLIP_1");
  dialog.left.push("CLIP_1");
  dialog.refusal = "The print has no object CLIP_1 that is still printed.";
  await dialog.click("Leave out");

  assert.equal(dialog.all("[role=alert]")[0]!.textContent, dialog.refusal);
  assert.equal(dialog.rows[0], "1 CLIP_1 Left out");
});

test("when the print ends nothing is offered any more", async () => {
  const house = new House();
  const dialog = opened(house);
  await dialog.open();
  await dialog.click("Leave out: CLIP_1");
  dialog.failure = "There is no print job.";
  house.update("voron", { "sensor.status": "idle" });
  dialog.element.hass = house.hass;
  await dialog.settled();

  assert.equal(dialog.all("[role=alert]")[0]!.textContent, dialog.failure);
  assert.deepEqual(dialog.rows, []);
});

test("escape answers a question with no, and closes the dialog after that", async () => {
  const dialog = opened();
  await dialog.open();
  await dialog.click("Leave out: CLIP_1");
  const escape = () => {
    const event = new Event("cancel", { cancelable: true });
    dialog.all("dialog")[0]!.dispatchEvent(event);
    return event;
  };

  assert.ok(escape().defaultPrevented);
  await dialog.settled();
  assert.equal(dialog.rows[0], "1 CLIP_1");
  assert.ok(!escape().defaultPrevented);
});

test("the reason is in the language of who looks", async () => {
  const dialog = opened();
  dialog.translated = {
    code: "service_validation_error",
    message: "Validation error: Es gibt keinen Druckauftrag",
    translation_domain: "obico",
    translation_key: "no_print",
    translation_placeholders: null,
  };
  await dialog.open();
  assert.equal(dialog.all("[role=alert]")[0]!.textContent, "There is no print job.");

  dialog.translated = {
    message: "Unauthorized",
    translation_domain: "other",
    translation_key: "x",
  };
  await dialog.open();
  assert.equal(dialog.all("[role=alert]")[0]!.textContent, "Unauthorized");

  dialog.translated = { code: "unauthorized", message: "Unauthorized" };
  await dialog.open();
  assert.equal(dialog.all("[role=alert]")[0]!.textContent, "You are not allowed to do that.");
});

/** The card with the files of the cloud and of printers. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { contentTag } from "../src/shared/lazy-card";
import { LIBRARY_CARD } from "../src/strategy/config";
import "../src/strategy/library-card";
import { Actions, ShownCard } from "./support/actions";
import { House, IDLE } from "./support/house";

const FILE = {
  id: 5,
  name: "benchy.gcode",
  path: "boats/benchy.gcode",
  size: 2_310_775,
  modified_at: new Date(Date.now() - 3_600_000).toISOString(),
  estimated_time: 4320,
  filament: 3.14,
  thumbnail: null,
};
const VASE = { ...FILE, id: 6, name: "vase.gcode", path: "vase.gcode" };
const FOLDER = { id: 1, name: "boats", path: "boats" };

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body: File;
  readonly headers: Record<string, string>;
}

let sent: Sent[] = [];
let answer: { status: number; response: unknown } = { status: 201, response: { file: VASE } };

/** Answers an upload as Home Assistant does. */
class Request {
  status = 0;
  response: unknown = null;
  upload: { onprogress?: (event: object) => void } = {};
  onloadend?: () => void;
  private method = "";
  private url = "";
  private readonly headers: Record<string, string> = {};
  open(method: string, url: string): void {
    Object.assign(this, { method, url });
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(body: File): void {
    const { method, url, headers } = this;
    sent.push({ method, url, body, headers });
    this.upload.onprogress?.({ loaded: 1, total: 2 });
    setTimeout(() => {
      Object.assign(this, answer);
      this.onloadend?.();
    });
  }
}

interface Options {
  readonly isAdmin?: boolean;
  readonly printers?: Record<string, object>;
  readonly files?: (data: Record<string, unknown>) => object;
}

async function show({ isAdmin = true, printers = { Voron: IDLE }, files }: Options = {}) {
  const house = new House();
  house.device("account", { entry_type: "service", name: "Max" });
  for (const [name, shown] of Object.entries(printers)) {
    house.printer(name, shown as typeof IDLE);
    house.device(name, { via_device_id: "account", config_entries: ["entry"] });
  }
  house.change({ user: { is_admin: isAdmin } });
  const actions = new Actions(house, {
    get_files: files ?? (() => ({ folders: [FOLDER], files: [VASE], has_more: false })),
  });
  const shown = await ShownCard.show(house, contentTag(LIBRARY_CARD), {
    type: `custom:${LIBRARY_CARD}`,
  });
  return { house, actions, shown };
}

function select(shown: ShownCard, index: number, value: string): Promise<void> {
  const box = shown.all("select")[index] as HTMLSelectElement;
  box.value = value;
  box.dispatchEvent(new Event("change"));
  return shown.settled();
}

/** Holds files above the card, or drops them. */
function drag(shown: ShownCard, type: string, files: readonly File[]): Event & Drag {
  const event = new Event(type, { bubbles: true, cancelable: true }) as Event & Drag;
  event.dataTransfer = { types: ["Files"], files, dropEffect: "" };
  shown.one("ha-card").dispatchEvent(event);
  return event;
}

interface Drag {
  dataTransfer: { types: string[]; files: readonly File[]; dropEffect: string };
}

beforeEach(() => {
  sent = [];
  answer = { status: 201, response: { file: VASE } };
  globalThis.XMLHttpRequest = Request as never;
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
});

afterEach(() => document.body.replaceChildren());

test("the files of the cloud are shown first, with time, filament, size and age", async () => {
  const { actions, shown } = await show();

  assert.deepEqual(actions.of("get_files"), [
    { device_id: "Voron", source: "cloud", sort: "date_desc", limit: 50, offset: 0 },
  ]);
  assert.equal(
    shown.textOf("ul[aria-busy]"),
    "boats vase.gcode 1 hr 12 min 3.1 m 2.3 MB 1 hr. ago",
  );
});

test("a folder is opened, and left by the way to it", async () => {
  const { actions, shown } = await show();

  await shown.press("boats");
  assert.equal(shown.textOf("nav"), "All files boats");
  await shown.press("All files");

  assert.deepEqual(
    actions.of("get_files").map(({ folder }) => folder),
    [undefined, "boats", undefined],
  );
});

test("files are searched for once nothing was typed for a moment", async () => {
  const { actions, shown } = await show();
  const box = shown.one("input[type=search]") as HTMLInputElement;
  for (const value of ["b", "be", " ben "]) {
    box.value = value;
    box.dispatchEvent(new Event("input"));
  }
  await new Promise((done) => setTimeout(done, 500));
  await shown.settled();

  assert.deepEqual(
    actions.of("get_files").map(({ search }) => search),
    [undefined, "ben"],
  );
});

test("files are put in another order, and those of a printer shown", async () => {
  const { actions, shown } = await show();

  await select(shown, 1, "name");
  await select(shown, 0, "Voron");

  assert.deepEqual(
    actions.of("get_files").map(({ source, sort }) => [source, sort]),
    [
      ["cloud", "date_desc"],
      ["cloud", "name"],
      ["printer", "name"],
    ],
  );
});

test("more files are shown on demand", async () => {
  const { actions, shown } = await show({
    files: ({ offset }) => ({
      folders: [],
      files: [{ ...VASE, name: `${offset}.gcode` }],
      has_more: offset === 0,
    }),
  });

  await shown.press("Show more");

  assert.match(shown.words, /0\.gcode .* 1\.gcode/);
  assert.deepEqual(
    actions.of("get_files").map(({ offset }) => offset),
    [0, 1],
  );
});

test("why there are no files is said", async () => {
  const { shown } = await show({
    files: () => {
      throw { message: "Voron is offline" };
    },
  });
  assert.equal(shown.textOf("p[role=alert]"), "Voron is offline");

  const nothing = await show({ files: () => ({ folders: [], files: [], has_more: false }) });
  assert.equal(nothing.shown.textOf("p[role=status]"), "There is no file here.");

  const { shown: without } = await show({ printers: {} });
  assert.match(without.words, /There is no printer yet/);
});

test("a print is started on the printer that is idle, asked once whether its bed is empty", async () => {
  const { house, shown } = await show({ printers: { Voron: IDLE, Ender: {} } });

  await shown.press("Print vase.gcode");
  assert.match(shown.one("dialog").textContent!, /Is the bed of Voron empty/);
  assert.equal(shown.all("dialog select").length, 0);
  assert.deepEqual(house.calls, []);

  await shown.press("Start print");
  assert.deepEqual(house.calls, [
    {
      action: "obico.start_print",
      entityId: undefined,
      data: { device_id: "Voron", source: "cloud", file: "vase.gcode" },
    },
  ]);
});

test("of several idle printers one is chosen", async () => {
  const { house, shown } = await show({ printers: { Voron: IDLE, Ender: IDLE } });

  await shown.press("Print vase.gcode");
  const box = shown.one("dialog select") as HTMLSelectElement;
  box.value = "Voron";
  box.dispatchEvent(new Event("change"));
  await shown.settled();
  assert.match(shown.one("dialog").textContent!, /Is the bed of Voron empty/);
  await shown.press("Start print");

  assert.equal(house.calls[0]!.data!["device_id"], "Voron");
});

test("while no printer is idle nothing can be started", async () => {
  const { house, shown } = await show({ printers: { Voron: {} } });

  await shown.press("Print vase.gcode");
  assert.equal(shown.has("dialog"), false);
  assert.equal(shown.one(".start").title, "No printer is idle that could print this.");

  house.update("Voron", { "sensor.status": "idle" });
  await shown.refresh();
  await shown.press("Print vase.gcode");
  house.update("Voron", { "sensor.status": "printing" });
  await shown.refresh();
  // Somebody else was quicker.
  assert.match(shown.one("dialog").textContent!, /No printer is idle/);
  await shown.press("Not now");
  assert.deepEqual(house.calls, []);
});

test("dropped files are uploaded into the open folder, and can be printed at once", async () => {
  const { actions, shown } = await show();
  await shown.press("boats");
  const file = new File(["G28"], "vase & co.gcode");

  const over = drag(shown, "dragover", [file]);
  await shown.settled();
  assert.ok(over.defaultPrevented);
  assert.equal(over.dataTransfer.dropEffect, "copy");
  assert.equal(shown.one("ha-card").className, "over");

  drag(shown, "drop", [file]);
  await shown.settled();
  assert.equal(shown.one("ha-card").className, "");
  assert.equal(sent.length, 1);
  assert.equal(sent[0]!.method, "POST");
  assert.equal(
    sent[0]!.url,
    "/api/obico/files/entry/upload?filename=vase+%26+co.gcode&folder=boats",
  );
  assert.equal(sent[0]!.body, file);
  assert.equal(sent[0]!.headers["Authorization"], "Bearer token");
  assert.match(shown.textOf("[role=status] ul"), /vase & co.gcode Uploaded/);
  assert.equal(actions.of("get_files").length, 3);

  await shown.press("Start print");
  assert.match(shown.one("dialog").textContent!, /vase\.gcode/);
});

test("files are uploaded one after the other, also chosen ones", async () => {
  const { shown } = await show();
  const picker = shown.one("input[type=file]") as HTMLInputElement;
  const files = [new File(["1"], "1.gcode"), new File(["2"], "2.gcode")];
  Object.defineProperty(picker, "files", { value: files });

  picker.dispatchEvent(new Event("change"));
  assert.equal(sent.length, 1);
  await shown.settled();
  await shown.settled();

  assert.deepEqual(
    sent.map(({ body }) => body.name),
    ["1.gcode", "2.gcode"],
  );
});

test("why an upload failed is said, and the message can be put away", async () => {
  const { shown } = await show();
  const said = async (status: number, response: unknown): Promise<string> => {
    answer = { status, response };
    drag(shown, "drop", [new File(["G28"], "vase.gcode")]);
    await shown.settled();
    const words = shown.textOf("[role=status] ul");
    await shown.press("Close");
    assert.equal(shown.textOf("[role=status] ul"), "");
    return words;
  };

  assert.match(await said(413, { code: "too_large", message: "At most 50 MB" }), /At most 50 MB/);
  assert.match(await said(401, null), /Only administrators can upload files/);
  assert.match(await said(0, null), /The upload was interrupted/);
});

test("an expired sign-in is renewed before an upload", async () => {
  const { house, shown } = await show();
  const auth = {
    accessToken: "old",
    expired: true,
    async refreshAccessToken() {
      this.accessToken = "new";
    },
  };
  house.change({ auth });
  house.update("Voron", { "sensor.status": "printing" });
  await shown.refresh();

  drag(shown, "drop", [new File(["G28"], "vase.gcode")]);
  await shown.settled();

  assert.equal(sent[0]!.headers["Authorization"], "Bearer new");
});

test("who is no administrator uploads nothing, and the page stays where it is", async () => {
  const { shown } = await show({ isAdmin: false });

  const over = drag(shown, "dragover", []);
  assert.ok(over.defaultPrevented);
  assert.equal(over.dataTransfer.dropEffect, "none");
  drag(shown, "drop", [new File(["G28"], "vase.gcode")]);
  await shown.settled();

  assert.deepEqual(sent, []);
  await assert.rejects(shown.press("Upload"));
});

test("several accounts have a cloud each", async () => {
  const { house, shown } = await show();
  house.device("other", { entry_type: "service", name: "Eva" });
  house.printer("Prusa", IDLE);
  house.device("Prusa", { via_device_id: "other", config_entries: ["second"] });
  await shown.refresh();

  const [sources] = shown.all("select");
  assert.deepEqual(
    [...sources!.querySelectorAll("option")].map(({ textContent }) => textContent.trim()),
    ["Obico (Eva)", "Obico (Max)", "Prusa", "Voron"],
  );
});

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import type { PrinterCard } from "../src/card/printer-card";
import { contentTag } from "../src/shared/lazy-card";
import "../src/card/printer-card";
import "../src/strategy";
import "../src/strategy/printers-card";
import { PRINTERS_CARD, type Choice } from "../src/strategy/config";
import { dashboard } from "../src/strategy/dashboard";
import { withoutEmpty } from "../src/strategy/editor";
import { printerView } from "../src/strategy/printer-view";
import { Dashboard, PrinterView } from "../src/strategy/shells";
import type { PrintersCard } from "../src/strategy/printers-card";
import { House, IDLE, OFFLINE } from "./support/house";

afterEach(() => document.body.replaceChildren());

async function settled(): Promise<void> {
  for (let round = 0; round < 6; round += 1) await new Promise((done) => setTimeout(done));
}

/** Adds an account with so many hours left, and ties the printers that are there to it. */
function addAccount(house: House, id: string, hours: string, ...printers: string[]): void {
  house.device(id, { entry_type: "service" });
  house.entities(id, { "sensor.detection_hours": hours });
  for (const printer of printers) house.device(printer, { via_device_id: id });
}

function houseOf(...printers: string[]): House {
  const house = new House();
  for (const printer of printers) house.printer(printer);
  addAccount(house, "account", "42", ...printers);
  return house;
}

function generate(house: House, choice: Choice = {}) {
  return dashboard({ type: "custom:obico", ...choice }, house.hass);
}

// The dashboard

test("there is an overview, a view for each printer that tells what it holds when it is opened, review and library", async () => {
  const { views } = await generate(houseOf("Voron", "Ender 10", "Ender 9"));

  assert.deepEqual(
    views.map(({ title }) => title),
    ["3D printers", "Ender 9", "Ender 10", "Voron", "Review", "Library"],
  );
  assert.deepEqual(views[1], {
    title: "Ender 9",
    path: "Ender 9",
    subview: false,
    strategy: { type: "custom:obico-printer", device_id: "Ender 9" },
  });
});

test("of one printer its view comes first, with the hours of its account", async () => {
  const { views } = await generate(houseOf("Voron"));

  const [view, ...others] = views as unknown as {
    title: string;
    strategy: { type: string; device_id: string; badges: object[] };
  }[];
  assert.deepEqual(
    others.map(({ title }) => title),
    ["Review", "Library"],
  );
  assert.equal(view!.title, "Voron");
  assert.equal(view!.strategy.type, "custom:obico-printer");
  assert.equal(view!.strategy.badges.length, 2);
});

test("many printers are no tabs: the overview leads to them", async () => {
  const names = Array.from({ length: 7 }, (_, number) => `Printer ${number}`);
  const { views } = await generate(houseOf(...names));

  assert.deepEqual(
    views.filter((view) => !("subview" in view && view.subview)).map(({ title }) => title),
    ["3D printers", "Review", "Library"],
  );
});

test("only the printers that were chosen are shown, with the account that they are of", async () => {
  const house = houseOf("Voron", "Ender");
  house.printer("Sovol");
  house.printer("Prusa");
  addAccount(house, "other", "7", "Sovol", "Prusa");

  const choice = { printers: ["Sovol", "Prusa"] };
  const [overview, ...others] = (await generate(house, choice)).views;

  assert.deepEqual(
    others.map(({ title }) => title),
    ["Prusa", "Sovol", "Review", "Library"],
  );
  const { badges, sections } = overview as unknown as {
    badges: { entity: string }[];
    sections: object[];
  };
  assert.deepEqual(
    new Set(badges.map(({ entity }) => entity)),
    new Set([house.id("other", "sensor.detection_hours")]),
  );
  assert.match(JSON.stringify(sections), /"printers":\["Sovol","Prusa"\]/);
  for (const tool of others.slice(2)) {
    assert.match(JSON.stringify(tool), /"printers":\["Sovol","Prusa"\]/);
  }
});

test("the badge of an account tells the hours that are left, or that there is no limit", async () => {
  const house = houseOf("Voron", "Ender");
  const [overview] = (await generate(house)).views;

  const { badges } = overview as unknown as { badges: { name: object; visibility: object[] }[] };
  const entity = house.id("account", "sensor.detection_hours");
  assert.deepEqual(
    badges.map(({ name, visibility }) => [name, visibility]),
    [
      [
        [{ type: "entity" }],
        [{ condition: "state", entity, state_not: ["unknown", "unavailable"] }],
      ],
      [
        [{ type: "text", text: "AI detection without limit" }],
        [{ condition: "state", entity, state: "unknown" }],
      ],
    ],
  );
});

test("of two accounts each badge says whose it is", async () => {
  const house = houseOf("Voron");
  house.printer("Sovol");
  addAccount(house, "other", "7", "Sovol");

  const [overview] = (await generate(house)).views;

  const { badges } = overview as unknown as { badges: { name: { type: string }[] }[] };
  assert.equal(badges.length, 4);
  assert.ok(badges.every(({ name }) => name[0]!.type === "device"));
});

test("a configuration that cannot be is refused", async () => {
  const house = houseOf("Voron");

  const made = (choice: object) =>
    Dashboard.generate({ type: "custom:obico", ...choice }, house.hass);

  await assert.rejects(made({ printers: "Voron" }), /printers/);
  await assert.rejects(made({ layout: "huge" }), /layout/);
});

test("what Home Assistant knows from the beginning generates the dashboard and its views", async () => {
  const house = houseOf("Voron", "Ender");

  const made = await Dashboard.generate({ type: "custom:obico" }, house.hass);
  assert.deepEqual(made, await generate(house));

  const config = { type: "custom:obico-printer", device_id: "Voron" } as const;
  const view = await PrinterView.generate(config, house.hass);
  assert.deepEqual(view, await printerView(config, house.hass));
});

test("what the editor leaves empty is not kept", () => {
  assert.deepEqual(
    withoutEmpty({ type: "custom:obico", printers: [], layout: undefined } as never),
    {
      type: "custom:obico",
    },
  );
  assert.deepEqual(withoutEmpty({ printers: ["Voron"], layout: "compact" }), {
    printers: ["Voron"],
    layout: "compact",
  });
});

// The view of a printer

interface Card {
  type: string;
  entities?: { entity: string }[];
}

async function cardsOf(house: House, device: string): Promise<Card[]> {
  const view = await printerView({ type: "custom:obico-printer", device_id: device }, house.hass);
  const sections = "sections" in view ? (view.sections as { cards: Card[] }[]) : [];
  return sections.flatMap(({ cards }) => cards.filter(({ type }) => type !== "heading"));
}

test("the view of a printer has card, controls, events, temperatures, prints and settings", async () => {
  const [card, controls, events, temperatures, prints, settings] = await cardsOf(
    houseOf("Voron"),
    "Voron",
  );

  assert.deepEqual(
    [card, controls, events, temperatures, prints, settings].map((each) => each!.type),
    [
      "custom:obico-printer-card",
      "custom:obico-controls-card",
      "custom:obico-events-card",
      "history-graph",
      "custom:obico-prints-card",
      "custom:obico-settings-card",
    ],
  );
});

test("the graph shows each temperature with its target", async () => {
  const house = houseOf("Voron");
  const cards = await cardsOf(house, "Voron");

  assert.deepEqual(
    cards.find(({ type }) => type === "history-graph")!.entities!.map(({ entity }) => entity),
    [
      "sensor.nozzle_temperature",
      "number.nozzle_target",
      "sensor.bed_temperature",
      "number.bed_target",
    ].map((key) => house.id("Voron", key)),
  );
});

test("without a history in Home Assistant there is no graph", async () => {
  const house = houseOf("Voron");
  house.change({ config: { ...house.hass.config, components: [] } });

  const types = (await cardsOf(house, "Voron")).map(({ type }) => type);

  assert.ok(!types.includes("history-graph"));
});

/** Returns a home whose recorder has these statistics of a printer. */
function houseWithStatistics(...kinds: string[]): House {
  const house = houseOf("Voron");
  house.device("Voron", { via_device_id: "account", identifiers: [["obico", "10_7"]] });
  house.change({ config: { ...house.hass.config, components: ["history", "recorder"] } });
  house.statistics = async (ids) =>
    ids
      .filter((id) => kinds.some((kind) => id === `obico:10_7_${kind}`))
      .map((statistic_id) => ({ statistic_id }));
  return house;
}

async function graphsOf(house: House): Promise<(Card & { title: string })[]> {
  return (await cardsOf(house, "Voron")).filter(
    (card): card is Card & { title: string } => card.type === "statistics-graph",
  );
}

test("prints, print time and filament of a printer are shown as the recorder has them", async () => {
  const graphs = await graphsOf(
    houseWithStatistics("prints", "cancelled", "failures", "print_time", "filament"),
  );

  assert.deepEqual(
    graphs.map(({ title, entities }) => [title, entities]),
    [
      [
        "Prints",
        [
          { entity: "obico:10_7_prints", name: "Prints" },
          { entity: "obico:10_7_failures", name: "Failed prints" },
        ],
      ],
      ["Print time", [{ entity: "obico:10_7_print_time", name: "Print time" }]],
      ["Filament", [{ entity: "obico:10_7_filament", name: "Filament" }]],
    ],
  );
});

for (const [kinds, columns] of [
  [["prints"], ["full"]],
  [
    ["prints", "filament"],
    [12, 12],
  ],
  [
    ["prints", "print_time", "filament"],
    [12, 12, "full"],
  ],
] as const) {
  test(`no row of ${kinds.length} graphs is empty at its end`, async () => {
    const graphs = await graphsOf(houseWithStatistics(...kinds));

    assert.deepEqual(
      graphs.map((card) => (card as { grid_options?: { columns: unknown } }).grid_options?.columns),
      columns,
    );
  });
}

test("a statistic that there is not has no graph", async () => {
  const graphs = await graphsOf(houseWithStatistics("print_time"));

  assert.deepEqual(
    graphs.map(({ title }) => title),
    ["Print time"],
  );
});

for (const [what, change] of [
  ["the printer has not printed yet", () => houseWithStatistics()],
  [
    "there is no recorder",
    () => {
      const house = houseWithStatistics("prints");
      house.change({ config: { ...house.hass.config, components: ["history"] } });
      return house;
    },
  ],
  [
    "the recorder does not answer",
    () => {
      const house = houseWithStatistics("prints");
      house.statistics = () => Promise.reject({ code: "unknown_command" });
      return house;
    },
  ],
  [
    "the device has no identifier of ours",
    () => {
      const house = houseWithStatistics("prints");
      house.device("Voron", { identifiers: [["mqtt", "10_7"]] });
      return house;
    },
  ],
] as const) {
  test(`there is neither graph nor heading of statistics if ${what}`, async () => {
    const house = change();
    const view = await printerView(
      { type: "custom:obico-printer", device_id: "Voron" },
      house.hass,
    );

    assert.doesNotMatch(JSON.stringify(view), /statistics|Statistics/);
  });
}

test("the view of a printer that is gone leaves it to the card to say so", async () => {
  const view = await printerView(
    { type: "custom:obico-printer", device_id: "gone" },
    new House().hass,
  );

  assert.deepEqual(view, { cards: [{ type: "custom:obico-printer-card", device_id: "gone" }] });
});

// The card of all printers

class Overview {
  readonly card = document.createElement(contentTag(PRINTERS_CARD)) as PrintersCard;

  constructor(
    readonly house: House,
    choice: Choice = {},
  ) {
    this.card.setConfig({ type: `custom:${PRINTERS_CARD}`, links: true, ...choice });
    document.body.append(this.card);
  }

  async show(): Promise<void> {
    this.card.hass = this.house.hass;
    await settled();
  }

  get cells(): HTMLElement[] {
    return [
      ...this.card.shadowRoot!.querySelectorAll<HTMLElement>(
        ".grid h2, .grid obico-printer-card-content",
      ),
    ];
  }

  /** Returns headlines and printers, in their order. */
  get names(): string[] {
    return this.cells.map((cell) =>
      ((cell as PrinterCard).shadowRoot?.querySelector("h2") ?? cell)
        .textContent!.replace(/\s+/g, " ")
        .trim(),
    );
  }

  cellOf(name: string): PrinterCard {
    return this.cells[this.names.indexOf(name)] as PrinterCard;
  }
}

async function overviewOf(house: House, choice: Choice = {}): Promise<Overview> {
  const overview = new Overview(house, choice);
  await overview.show();
  return overview;
}

test("a printer that fails moves to the front, and its card with it", async () => {
  const overview = await overviewOf(houseOf("Ender", "Sovol", "Voron"));
  assert.deepEqual(overview.names, ["Ender", "Sovol", "Voron"]);
  const cards = overview.cells;

  overview.house.update("Voron", { "binary_sensor.failure_detected": "on" });
  await overview.show();

  assert.deepEqual(overview.names, ["Voron", "Ender", "Sovol"]);
  assert.deepEqual(new Set(overview.cells.map((cell) => cards.indexOf(cell))), new Set([0, 1, 2]));
});

test("who has the focus keeps it when printers move", async () => {
  const overview = await overviewOf(houseOf("Ender", "Voron"));
  const link = overview.cellOf("Voron").shadowRoot!.querySelector("a")!;
  link.focus();

  overview.house.update("Voron", { "binary_sensor.failure_detected": "on" });
  await overview.show();

  assert.equal(overview.names[0], "Voron");
  assert.ok(overview.cellOf("Voron").shadowRoot!.activeElement === link);
});

test("a card whose printers are all gone does not say that there are none", async () => {
  const overview = await overviewOf(houseOf("Ender"), { printers: ["gone"] });

  assert.match(
    overview.card.shadowRoot!.textContent!,
    /This printer is no longer in Home Assistant/,
  );
});

test("small cards stand below headlines of their need", async () => {
  const house = houseOf("Ender", "Voron");
  house.printer("Prusa", IDLE);
  house.printer("Sovol", OFFLINE);

  const overview = await overviewOf(house, { layout: "compact" });

  assert.deepEqual(overview.names, [
    "Active 2",
    "Ender",
    "Voron",
    "Idle 1",
    "Prusa",
    "Not connected 1",
    "Sovol",
  ]);
});

test("news of one printer draws neither the others nor the list", async () => {
  const overview = await overviewOf(houseOf("Ender", "Voron"));
  const drawn: string[] = [];
  for (const name of ["Ender", "Voron"]) {
    const card = overview.cellOf(name) as unknown as { render(): unknown };
    const { render } = card;
    card.render = function (this: unknown) {
      drawn.push(name);
      return render.call(this);
    };
  }
  const list = overview.card as unknown as { render(): unknown };
  list.render = () => assert.fail("the list was drawn");

  overview.house.update("Voron", { "sensor.progress": "50" });
  await overview.show();

  assert.deepEqual(drawn, ["Voron"]);
});

test("a printer that is added gets a card, and one that is removed loses it", async () => {
  const overview = await overviewOf(houseOf("Ender"));

  overview.house.printer("Sovol");
  await overview.show();
  assert.deepEqual(overview.names, ["Ender", "Sovol"]);

  const { Ender: _, ...devices } = overview.house.hass.devices;
  overview.house.change({ devices });
  await overview.show();
  assert.deepEqual(overview.names, ["Sovol"]);
});

test("with the seventh printer the cards become small", async () => {
  const names = Array.from({ length: 6 }, (_, number) => `Printer ${number}`);
  const overview = await overviewOf(houseOf(...names));
  assert.equal(overview.card.shadowRoot!.querySelector(".grid")!.className, "grid full");

  overview.house.printer("Printer 6");
  await overview.show();

  assert.equal(overview.card.shadowRoot!.querySelector(".grid")!.className, "grid compact");
  assert.ok(overview.cellOf("Printer 6").shadowRoot!.querySelector(".compact"));
  assert.ok(overview.cellOf("Printer 0").shadowRoot!.querySelector(".compact"));
});

test("without a printer it says how one comes here", async () => {
  const overview = await overviewOf(new House());

  assert.match(overview.card.shadowRoot!.textContent!, /There is no printer yet/);
});

// What is offered

test("the dashboard is offered where dashboards are added, with name and icon", () => {
  const { customStrategies } = window as unknown as {
    customStrategies: { type: string; strategyType: string }[];
  };

  assert.deepEqual(
    customStrategies.map(({ type, strategyType }) => [type, strategyType]),
    [["obico", "dashboard"]],
  );
  assert.deepEqual(Dashboard.getCreateSuggestions(new House().hass), {
    title: "3D printers",
    icon: "mdi:printer-3d",
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { violations } from "../import-rules";

test("imports go down the layers, or stay in one", () => {
  assert.deepEqual(
    violations([
      ["index.ts", "card/index.ts"],
      ["strategy/index.ts", "card/config.ts"],
      ["card/printer-card.ts", "card/parts/job.ts"],
      ["card/parts/job.ts", "card/part.ts"],
      ["card/parts/job.ts", "shared/hass.ts"],
      ["shared/printers.ts", "shared/hass.ts"],
    ]),
    [],
  );
});

for (const [importer, imported] of [
  ["shared/need.ts", "card/config.ts"],
  ["shared/need.ts", "strategy/config.ts"],
  ["card/editor.ts", "strategy/config.ts"],
  ["card/parts/job.ts", "card/printer-card.ts"],
  ["card/part.ts", "card/parts/job.ts"],
] as const) {
  test(`${importer} may not import ${imported}`, () => {
    assert.match(violations([[importer, imported]]).join(), /imports/);
  });
}

test("files that import each other are found, however long the way round is", () => {
  const [found, ...others] = violations([
    ["shared/a.ts", "shared/b.ts"],
    ["shared/b.ts", "shared/c.ts"],
    ["shared/c.ts", "shared/a.ts"],
    ["shared/c.ts", "shared/d.ts"],
    ["card/part.ts", "shared/a.ts"],
  ]);

  assert.match(found!, /cycle/);
  assert.doesNotMatch(found!, /d\.ts|part\.ts/);
  assert.deepEqual(others, []);
});

test("a file that no layer has is refused", () => {
  assert.deepEqual(violations([["other/a.ts", "shared/a.ts"]])[0], "other/a.ts is in no layer");
});

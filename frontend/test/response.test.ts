/** What is said of actions that failed. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { getResponse, messageOf } from "../src/shared/response";
import { House } from "./support/house";

test("errors at the same time are all said in the user's language", async () => {
  const house = new House();
  const { loadBackendTranslation: load, localize } = house.hass;
  let finish = () => {};
  const loaded = new Promise<void>((done) => (finish = done));
  let calls = 0;
  house.change({
    language: "de",
    callWS: async () => {
      throw Object.assign(new Error("in the language of the system"), {
        translation_domain: "obico",
        translation_key: "cannot_connect",
        translation_placeholders: {},
      });
    },
    // As Home Assistant's: the second time it does not wait for what it loads already.
    loadBackendTranslation: async (category, integration) => {
      calls += 1;
      if (calls > 1) return () => "";
      await loaded;
      return load(category, integration);
    },
  });
  const said = Promise.all(
    ["get_prints", "get_files"].map((service) =>
      getResponse(house.hass, service, {}).catch((error: unknown) => messageOf(error)),
    ),
  );
  finish();

  const text = localize("component.obico.exceptions.cannot_connect.message");
  assert.deepEqual(await said, [text, text]);
});

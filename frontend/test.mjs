/**
 * Runs the unit tests: each file of test/ is bundled, then run by Node's own test runner.
 *
 * Usage: node test.mjs [OPTION …]     options of node, such as --test-name-pattern=…
 */
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const built = mkdtempSync(join(tmpdir(), "obico-frontend-"));
try {
  await build({
    absWorkingDir: here,
    entryPoints: globSync("test/**/*.test.ts", { cwd: here }),
    outdir: built,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // Lit's build for browsers, not the one for servers.
    platform: "neutral",
    conditions: ["browser"],
    mainFields: ["browser", "module"],
    external: ["node:*"],
    target: "node24",
    sourcemap: "inline",
    logLevel: "warning",
  });
  const { status } = spawnSync(
    process.execPath,
    [
      "--enable-source-maps",
      "--import=./test/browser.mjs",
      "--test",
      "--test-timeout=30000",
      ...process.argv.slice(2),
      `${built}/**/*.test.mjs`,
    ],
    {
      cwd: here,
      stdio: "inherit",
      env: {
        ...process.env,
        // An unusual time zone, so that a test which depends on the machine's fails everywhere.
        TZ: "Pacific/Chatham",
        // A failed comparison of two elements describes all that they reach, with any memory it gets.
        NODE_OPTIONS: "--max-old-space-size=1024",
      },
    },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(built, { recursive: true });
}

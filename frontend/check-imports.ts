/**
 * Checks the imports between the files of src/, including imports of types.
 *
 * They are read from the compiler's trace of module resolution, because a bundler drops imports of types.
 *
 * Usage: node check-imports.ts
 */
import { spawnSync } from "node:child_process";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { violations, type Import } from "./import-rules.ts";

const IMPORTER = /^=+ Resolving module '.+' from '(.+)'\. =+$/;
const IMPORTED = /^=+ Module name '.+' was successfully resolved to '(.+?)'/;

const here = dirname(fileURLToPath(import.meta.url));
const { stdout } = spawnSync(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "--noEmit", "--traceResolution"],
  { cwd: here, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
);

const imports: Import[] = [];
let importer = "";
for (const line of stdout.split("\n")) {
  importer = IMPORTER.exec(line)?.[1] ?? importer;
  const imported = IMPORTED.exec(line)?.[1];
  if (imported !== undefined) imports.push([inSource(importer), inSource(imported)]);
}
const within = imports.filter((both) => both.every((file) => !file.startsWith("..")));

const found = violations(within);
if (within.length === 0) found.push("the compiler told no imports");
for (const violation of found) console.error(violation);
if (found.length > 0) process.exitCode = 1;
else console.log(`${within.length} imports between files of src/, none against the rules`);

function inSource(file: string): string {
  return relative(resolve(here, "src"), file);
}

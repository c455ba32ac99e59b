/**
 * Builds the module that browsers load: one minified file without imports.
 *
 * Usage: node build.mjs [FILE]     FILE: the output, instead of the file in the integration
 */
import { build, transform } from "esbuild";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

// A phone on a bad connection has to load all of it before the first card is shown. The limit was 60 kB
// before the controls, the selection of several printers and the last known states were added.
const MOST_BYTES = 90_000;

// The browsers that Home Assistant's own modern build supports.
const TARGET = ["chrome123", "firefox128", "safari17"];

const STYLES = /\bcss`([^`$]*)`/g;

const here = dirname(fileURLToPath(import.meta.url));
const outfile = resolve(process.argv[2] ?? `${here}/../custom_components/obico/frontend/obico.js`);

/** Minifies the styles, which esbuild treats as text. */
const minifyStyles = {
  name: "minify-styles",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      for (const [whole, css] of contents.matchAll(STYLES)) {
        const { code } = await transform(css, { loader: "css", minify: true, target: TARGET });
        contents = contents.replace(whole, () => `css\`${code.trim().replaceAll("\\", "\\\\")}\``);
      }
      return { contents, loader: "ts" };
    });
  },
};

const {
  outputFiles: [{ text }],
} = await build({
  absWorkingDir: here,
  entryPoints: ["src/index.ts"],
  outfile,
  bundle: true,
  minify: true,
  format: "esm",
  target: TARGET,
  charset: "utf8",
  legalComments: "eof",
  // Private methods, whose long names would take a kilobyte.
  mangleProps: /^render[A-Z]/,
  reserveProps: /^render(Root|Options|Before)$/,
  plugins: [minifyStyles],
  write: false,
  logLevel: "warning",
});

// The licenses stand at the end. In the code before them only templates contain line breaks, which equal spaces.
const end = text.lastIndexOf("/*! Bundled license information");
const code = text.slice(0, end).trim().replace(/\n\s*/g, " ");
const built = `${code}\n${text.slice(end)}`;
await mkdir(dirname(outfile), { recursive: true });
await writeFile(outfile, built);

const size = Buffer.byteLength(built);
console.log(`${outfile}: ${size} of at most ${MOST_BYTES} bytes`);
if (size > MOST_BYTES) {
  console.error("The built file is too large.");
  process.exitCode = 1;
}

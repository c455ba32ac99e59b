/**
 * Builds what browsers load: one minified module that imports nothing.
 *
 * Usage: node build.mjs [FILE]     FILE: where to, instead of into the integration
 */
import { build, transform } from "esbuild";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

// A phone on a bad connection loads it all before it shows the first card. So large it is because it
// has the cards of a printer, of a farm and of the controls; they share most of it.
const MOST_BYTES = 90_000;

// Home Assistant's own modern build wants as much of browsers.
const TARGET = ["chrome123", "firefox128", "safari17"];

const STYLES = /\bcss`([^`$]*)`/g;

const here = dirname(fileURLToPath(import.meta.url));
const outfile = resolve(process.argv[2] ?? `${here}/../custom_components/obico/frontend/obico.js`);

/** Minifies the styles, which are only text to what minifies the code. */
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
  // Methods of our own that draw: nobody calls them from outside, and their names are long.
  mangleProps: /^render[A-Z]/,
  reserveProps: /^render(Root|Options|Before)$/,
  plugins: [minifyStyles],
  write: false,
  logLevel: "warning",
});

// The licenses stand last. Before them only templates still have lines, which mean no more than a space.
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

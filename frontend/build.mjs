/**
 * Builds what browsers load: a module that every page loads, and chunks that it loads when they are needed.
 *
 * A file that is imported by `import()` becomes a chunk, with all that only it needs. All files have the hash of
 * their content in their names, so that browsers can keep them. `modules.json` names them for Home Assistant.
 *
 * Usage: node build.mjs [FOLDER]     FOLDER: the output, instead of the folder in the integration
 */
import { build, transform } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

// Every page of Home Assistant loads the module, also one without printers.
const MOST_BYTES_OF_MODULE = 45_000;
// What is heavier takes a phone on a bad connection too long once it is wanted.
const MOST_BYTES_OF_CHUNK = 30_000;

// The browsers that Home Assistant's own modern build supports.
const TARGET = ["chrome123", "firefox128", "safari17"];

const STYLES = /\bcss`([^`$]*)`/g;
const LICENSES = "/*! Bundled license information";

const here = dirname(fileURLToPath(import.meta.url));
const entry = resolve(here, "src/index.ts");
const folder = resolve(process.argv[2] ?? `${here}/../custom_components/obico/frontend/built`);

/** Minifies the styles, which esbuild treats as text, and has chunks share the code of the module. */
const source = {
  name: "source",
  setup({ onLoad, onResolve, resolve: find }) {
    const chunks = new Set();
    onResolve({ filter: /^\./ }, async ({ path, kind, pluginData, ...where }) => {
      if (kind !== "dynamic-import" || pluginData === source) return undefined;
      const found = await find(path, { ...where, kind, pluginData: source });
      chunks.add(found.path);
      return undefined;
    });
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      for (const [whole, css] of contents.matchAll(STYLES)) {
        const { code } = await transform(css, { loader: "css", minify: true, target: TARGET });
        contents = contents.replace(whole, () => `css\`${code.trim().replaceAll("\\", "\\\\")}\``);
      }
      // Else esbuild would make a file of its own of the code that the module shares with each set of chunks, and
      // every page would have to load them all.
      if (chunks.has(path)) contents += `\nimport ${JSON.stringify(entry)};`;
      return { contents, loader: "ts" };
    });
  },
};

const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  entryPoints: { obico: entry },
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  outdir: folder,
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: TARGET,
  charset: "utf8",
  legalComments: "eof",
  // Hashes depend on the paths of files, which must be the same where node_modules is a link.
  preserveSymlinks: true,
  // Private methods, whose long names would take a kilobyte.
  mangleProps: /^render[A-Z]/,
  reserveProps: /^render(Root|Options|Before)$/,
  plugins: [source],
  write: false,
  metafile: true,
  logLevel: "warning",
});

const byPath = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
const files = Object.entries(metafile.outputs).map(([path, output]) => ({
  ...output,
  name: basename(path),
}));
// The file of the entry point only imports what is shared, and that takes its place.
const { name: stub, imports } = files.find(({ entryPoint }) => entryPoint === "src/index.ts");
if (imports.length !== 1) throw new Error("The module would be several files.");
const shared = basename(imports[0].path);
const module = shared.replace("chunk", "obico");
byPath.delete(stub);

await mkdir(folder, { recursive: true });
for (const old of await readdir(folder)) await rm(join(folder, old));
const names = [];
for (const [path, text] of byPath) {
  // The licenses stand at the end. In the code before them only templates contain line breaks, which equal spaces.
  const [code, licenses] = text.split(LICENSES);
  const built = [`${code.trim().replace(/\n\s*/g, " ")}\n`, licenses]
    .filter(Boolean)
    .join(LICENSES);
  const name = path === shared ? module : path;
  const contents = built.replaceAll(shared, module);
  names.push(name);
  await writeFile(join(folder, name), contents);
  const size = Buffer.byteLength(contents);
  const most = name === module ? MOST_BYTES_OF_MODULE : MOST_BYTES_OF_CHUNK;
  console.log(`${name}: ${size} of at most ${most} bytes`);
  if (size > most) {
    console.error(`${name} is too large.`);
    process.exitCode = 1;
  }
}
const chunks = names.filter((name) => name !== module).sort();
await writeFile(join(folder, "modules.json"), `${JSON.stringify({ module, chunks }, null, 2)}\n`);

/** The rules for imports between the files of src/. */

/** An import, by the paths of both files below src/. */
export type Import = readonly [importer: string, imported: string];

/** The layers, lowest first: a file may import files of its own layer and of lower ones. */
const LAYERS: readonly (readonly [name: string, files: RegExp])[] = [
  ["shared", /^shared\//],
  ["card configuration and base of its parts", /^card\/(config|part)\.ts$/],
  ["live video in a card", /^card\/live\//],
  ["parts of a card", /^card\/parts\//],
  ["card", /^card\//],
  ["strategy", /^strategy\//],
  ["entry point", /^(index|common)\.ts$/],
];

/** Returns one sentence for each violation of the rules. */
export function violations(imports: readonly Import[]): string[] {
  const files = new Set(imports.flat());
  return [
    ...[...files].filter((file) => layerOf(file) < 0).map((file) => `${file} is in no layer`),
    ...imports
      .filter(([importer, imported]) => layerOf(importer) < layerOf(imported))
      .map(
        ([importer, imported]) =>
          `${importer} (${nameOf(importer)}) imports ${imported} (${nameOf(imported)})`,
      ),
    ...cycles(imports),
  ];
}

function layerOf(file: string): number {
  return LAYERS.findIndex(([, files]) => files.test(file));
}

function nameOf(file: string): string {
  return LAYERS[layerOf(file)]?.[0] ?? "no layer";
}

/** Returns the imports that form cycles: those that are left after all others were removed step by step. */
function cycles(imports: readonly Import[]): string[] {
  let left = imports;
  for (let before = -1; before !== left.length;) {
    before = left.length;
    const importers = new Set(left.map(([importer]) => importer));
    const imported = new Set(left.map(([, file]) => file));
    left = left.filter(([from, to]) => importers.has(to) && imported.has(from));
  }
  return left.length === 0
    ? []
    : [`import cycle: ${left.map((edge) => edge.join(" imports ")).join(", ")}`];
}

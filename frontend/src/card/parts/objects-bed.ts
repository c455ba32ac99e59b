import { html, nothing, svg } from "lit";

type Point = readonly [x: number, y: number];

export interface PlateObject {
  readonly name: string;
  readonly excluded: boolean;
  readonly center: Point | null;
  readonly polygon: readonly Point[];
}

export interface Plate {
  readonly current: string | null;
  readonly objects: readonly PlateObject[];
}

// In millimetres around the objects.
const MARGIN = 10;
// In millimetres: of an object whose outline is not told, and of the numbers on the objects.
const DOT = 4;
const NUMBER = 8;

/** Returns the names of objects, each once: what has the same name is one to Klipper. */
export function namesOf(objects: readonly PlateObject[]): string[] {
  return [...new Set(objects.map(({ name }) => name))];
}

/** Draws objects as they lie on the bed, with the numbers that the list has; nothing if it is not told where. */
export function drawBed(
  { objects }: Plate,
  stateOf: (object: PlateObject) => string,
  clicked: (object: PlateObject) => void,
) {
  const points = objects.flatMap((each) => outlineOf(each));
  if (points.length === 0) return nothing;
  const [left, right] = limits(points.map(([x]) => x));
  const [front, back] = limits(points.map(([, y]) => y));
  const names = namesOf(objects);
  // The front of the bed is at the bottom.
  return html`<svg aria-hidden="true" viewBox="${left} ${-back} ${right - left} ${back - front}">
    ${objects.map(
      (each) =>
        svg`<g class=${stateOf(each)} @click=${() => clicked(each)}>
          <title>${each.name}</title>
          ${draw(each, names.indexOf(each.name) + 1)}
        </g>`,
    )}
  </svg>`;
}

function draw(each: PlateObject, number: number) {
  const outline = outlineOf(each);
  if (outline.length === 0) return nothing;
  const [left, right] = limits(
    outline.map(([x]) => x),
    0,
  );
  const [back, front] = limits(
    outline.map(([, y]) => -y),
    0,
  );
  const [x, y] = [(left + right) / 2, (back + front) / 2];
  const drawn =
    each.polygon.length > 0
      ? svg`<polygon points=${each.polygon.map(([x, y]) => `${x},${-y}`).join(" ")}></polygon>`
      : svg`<circle cx=${x} cy=${y} r=${DOT}></circle>`;
  const mark = each.excluded
    ? svg`<path d="M${left},${back} ${right},${front} M${left},${front} ${right},${back}"></path>`
    : svg`<text x=${x} y=${y} font-size=${NUMBER}>${number}</text>`;
  return [drawn, mark];
}

/** Returns the points of an object's outline, or its middle. */
function outlineOf({ polygon, center }: PlateObject): readonly Point[] {
  return polygon.length > 0 ? polygon : center ? [center] : [];
}

/** Returns the lowest and the highest of some numbers, with a margin. */
function limits(values: readonly number[], margin = MARGIN): [number, number] {
  return [Math.min(...values) - margin, Math.max(...values) + margin];
}

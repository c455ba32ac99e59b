/** What is judged of past prints, and how. */
import type { Print } from "../shared/prints";

export type Answer = "looks_bad" | "looks_ok" | "undecided";
export type Verdict = "failed" | "not_failed";

export interface Frame {
  readonly id: number;
  readonly picture: string | null;
  readonly answer: Answer | null;
}

/** A print in the answer of the action `obico.get_review`. */
export interface Judged extends Print {
  readonly frames: readonly Frame[];
}

/** What a key or a button decides. */
export interface Choice<T> {
  readonly value: T;
  readonly key: string;
  readonly icon: string;
}

export const VERDICTS: readonly Choice<Verdict>[] = [
  { value: "failed", key: "1", icon: "mdi:close-octagon" },
  { value: "not_failed", key: "2", icon: "mdi:check-circle" },
];
export const ANSWERS: readonly Choice<Answer>[] = [
  { value: "looks_bad", key: "1", icon: "mdi:close-octagon" },
  { value: "looks_ok", key: "2", icon: "mdi:check-circle" },
  { value: "undecided", key: "3", icon: "mdi:help-circle" },
];

/** Whether something of a print is left to judge. */
export function isOpen({ needs_verdict, frames }: Judged): boolean {
  return needs_verdict || frames.some(({ answer }) => answer === null);
}

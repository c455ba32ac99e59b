import { html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { query } from "lit/decorators/query.js";
import { state } from "lit/decorators/state.js";

import { isConcerned } from "../shared/concerns";
import { define } from "../shared/define";
import { fileName } from "../shared/file-name";
import { formatNumber } from "../shared/format";
import type { HomeAssistant } from "../shared/hass";
import { contentTag } from "../shared/lazy-card";
import "../shared/picture";
import { printFacts } from "../shared/prints";
import { getResponse, messageOf } from "../shared/response";
import { factStyles, shared } from "../shared/styles";
import { loadTexts, text } from "../shared/texts";
import type { Timelapse } from "../shared/timelapse";
import "../shared/timelapse";
import { Visible } from "../shared/visible";
import { chosen, REVIEW_CARD, type ChoiceCardConfig } from "./config";
import {
  ANSWERS,
  isOpen,
  VERDICTS,
  type Answer,
  type Choice,
  type Judged,
  type Verdict,
} from "./review";
import { reviewStyles } from "./review-card-styles";
import { scoreCurve, type Prediction } from "./score-curve";

/** A card in which past prints are judged one by one: first whether they failed, then their frames. */
export class ReviewCard extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config?: ChoiceCardConfig;
  /** Undefined until they are loaded. */
  @state() private prints: readonly Judged[] | undefined;
  @state() private index = 0;
  @state() private frame = 0;
  /** Ticked by the user, for as long as the card is shown. */
  @state() private consent = false;
  /** In hours of AI detection, since the card is shown. */
  @state() private earned = 0;
  @state() private problem = "";
  @state() private isBusy = false;
  @state() private predictions: ReadonlyMap<number, Prediction> = new Map();
  @state() private position: number | undefined;
  @query(".stage") private readonly stage!: HTMLElement | null;
  @query("obico-timelapse") private readonly timelapse!: Timelapse | null;

  private isAsked = false;
  private readonly predicted = new Set<number>();
  private readonly visible = new Visible(this, () => void this.load());

  setConfig(config: ChoiceCardConfig): void {
    this.config = config;
    this.isAsked = false;
  }

  getCardSize(): number {
    return 12;
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    return isConcerned(changed, this.hass, () => []);
  }

  protected override willUpdate(): void {
    if (this.hass) void loadTexts(this.hass);
  }

  protected override updated(): void {
    void this.load();
    void this.predict();
  }

  private async load(): Promise<void> {
    const { hass, config } = this;
    if (!hass || !config || !this.visible.now || this.isAsked) return;
    const devices = chosen(hass, config).map(({ device }) => device.id);
    if (devices.length === 0) {
      this.prints ??= [];
      return;
    }
    this.isAsked = true;
    try {
      const { prints } = await getResponse<{ prints: readonly Judged[] }>(hass, "get_review", {
        device_id: devices,
      });
      this.show(prints, 0);
      this.problem = "";
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  private show(prints: readonly Judged[], index: number): void {
    this.prints = prints;
    this.index = Math.max(0, Math.min(index, prints.length - 1));
    this.position = undefined;
    const frames = prints[this.index]?.frames ?? [];
    this.frame = Math.max(
      0,
      frames.findIndex(({ answer }) => answer === null),
    );
  }

  private get current(): Judged | undefined {
    return this.prints?.[this.index];
  }

  /** Loads the scores of the print that is shown. */
  private async predict(): Promise<void> {
    const { hass, current } = this;
    if (!hass || !current || this.predicted.has(current.id)) return;
    this.predicted.add(current.id);
    try {
      const prediction = await getResponse<Prediction>(hass, "get_prediction", {
        device_id: current.device_id,
        print_id: current.id,
      });
      this.predictions = new Map(this.predictions).set(current.id, prediction);
    } catch {
      // The print can be judged without its scores.
    }
  }

  /** Sends a judgement; returns its answer, or undefined if it failed. */
  private async send<T>(service: string, data: object): Promise<T | undefined> {
    const { hass, current } = this;
    if (!hass || !current || this.isBusy) return undefined;
    this.isBusy = true;
    try {
      const answer = await getResponse<T>(hass, service, {
        device_id: current.device_id,
        print_id: current.id,
        ...data,
      });
      this.problem = "";
      return answer;
    } catch (error) {
      this.problem = messageOf(error);
      return undefined;
    } finally {
      this.isBusy = false;
    }
  }

  private async judge(verdict: Verdict): Promise<void> {
    const print = this.current;
    if (!print || !(await this.send("judge_print", { verdict }))) return;
    this.replace({ ...print, needs_verdict: false });
  }

  private async answer(answer: Answer): Promise<void> {
    const print = this.current;
    const frame = print?.frames[this.frame];
    if (!print || !frame || !this.consent) return;
    const done = await this.send<{ credited_hours: number }>("judge_frame", {
      frame_id: frame.id,
      answer,
      consent: this.consent,
    });
    if (!done) return;
    this.earned += done.credited_hours;
    const frames = print.frames.map((each) => (each.id === frame.id ? { ...each, answer } : each));
    this.replace({ ...print, frames });
  }

  /** Shows what is next to judge: a frame of this print, or else the next print. */
  private replace(print: Judged): void {
    const prints = this.prints!.map((each) => (each.id === print.id ? print : each));
    const left = prints.filter(isOpen);
    // What is judged leaves the list.
    this.show(left, left.includes(print) ? left.indexOf(print) : this.index);
    // The buttons of the next step are others.
    void this.updateComplete.then(() => this.keepFocus());
  }

  private keepFocus(): void {
    if (!this.shadowRoot!.activeElement) this.stage?.focus({ preventScroll: true });
  }

  private turn(by: 1 | -1): void {
    const { current } = this;
    if (!current) return;
    if (current.needs_verdict) this.show(this.prints!, this.index + by);
    else this.frame = Math.max(0, Math.min(this.frame + by, current.frames.length - 1));
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const { current } = this;
    const isTyped = event.ctrlKey || event.metaKey || event.altKey;
    // The keys of the video are its own.
    if (!current || isTyped || event.composedPath().some((at) => at === this.timelapse)) return;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      this.turn(event.key === "ArrowRight" ? 1 : -1);
    } else if (current.needs_verdict) {
      const choice = VERDICTS.find(({ key }) => key === event.key);
      if (!choice) return;
      void this.judge(choice.value);
    } else {
      const choice = ANSWERS.find(({ key }) => key === event.key);
      if (!choice) return;
      void this.answer(choice.value);
    }
    event.preventDefault();
  };

  protected override render() {
    const { hass, current, problem } = this;
    if (!hass) return nothing;
    const { localize } = hass;
    return html`<ha-card>
      <div role="status">
        ${
          this.earned > 0
            ? html`<p class="earned">
                <ha-icon icon="mdi:gift"></ha-icon>
                ${text(localize, "review.earned", {
                  hours: formatNumber(this.earned, hass.locale, 1),
                })}
              </p>`
            : nothing
        }
        ${
          this.prints?.length === 0
            ? html`<p class="done">
                <ha-icon icon="mdi:check-all"></ha-icon>${text(localize, "review.nothing")}
              </p>`
            : nothing
        }
      </div>
      ${problem ? html`<p role="alert" class="problem">${problem}</p>` : nothing}
      ${current ? this.renderPrint(hass, current) : nothing}
    </ha-card>`;
  }

  private renderPrint(hass: HomeAssistant, print: Judged) {
    const { localize, locale } = hass;
    const number = (value: number) => formatNumber(value, locale);
    const prediction = this.predictions.get(print.id);
    return html`
      <div
        class="stage"
        tabindex="-1"
        role="group"
        aria-label=${text(localize, "review.judge")}
        @keydown=${this.pressed}
      >
        <div class="head">
          <div class="what">
            <h2>${print.file === null ? print.printer : fileName(print.file)}</h2>
            <div class="facts small secondary">
              <div><span>${print.printer}</span></div>
            </div>
            ${printFacts(hass, print)}
          </div>
          ${this.renderTurns(
            hass,
            text(localize, "review.print_of", {
              number: number(this.index + 1),
              count: number(this.prints!.length),
            }),
            this.index,
            this.prints!.length,
            (index) => this.show(this.prints!, index),
          )}
        </div>
        <div class="seen">
          <obico-timelapse
            .hass=${hass}
            .print=${print}
            @obico-position=${(event: CustomEvent<number>) => (this.position = event.detail)}
          ></obico-timelapse>
          ${
            prediction
              ? scoreCurve(hass, prediction, this.position, (part) => this.timelapse?.seek(part))
              : nothing
          }
        </div>
        ${print.needs_verdict ? this.renderVerdict(hass) : this.renderFrames(hass, print)}
      </div>
    `;
  }

  private renderVerdict(hass: HomeAssistant) {
    return html`
      <h3>${text(hass.localize, "review.did_it_fail")}</h3>
      ${this.renderChoices(hass, VERDICTS, false, (verdict) => this.judge(verdict))}
    `;
  }

  private renderFrames(hass: HomeAssistant, { frames }: Judged) {
    const { localize, locale } = hass;
    const frame = frames[this.frame];
    if (!frame) return nothing;
    const number = (value: number) => formatNumber(value, locale);
    const which = text(localize, "review.frame_of", {
      number: number(this.frame + 1),
      count: number(frames.length),
    });
    return html`
      <div class="head">
        <h3>${text(localize, "review.how_is_it")}</h3>
        ${this.renderTurns(hass, which, this.frame, frames.length, (index) => (this.frame = index))}
      </div>
      <obico-picture
        class="frame"
        .hass=${hass}
        .path=${frame.picture}
        label=${which}
      ></obico-picture>
      <label class="consent">
        <input
          type="checkbox"
          .checked=${this.consent}
          @change=${(event: Event) => (this.consent = (event.target as HTMLInputElement).checked)}
        />
        <span>${text(localize, "review.consent")}</span>
      </label>
      ${this.renderChoices(hass, ANSWERS, !this.consent, (answer) => this.answer(answer), frame.answer)}
    `;
  }

  private renderTurns(
    { localize }: HomeAssistant,
    which: string,
    index: number,
    count: number,
    turn: (index: number) => void,
  ) {
    const button = (to: number, icon: string, key: string) =>
      html`<button
        class="action turn"
        aria-label=${text(localize, key)}
        aria-disabled=${to < 0 || to >= count}
        @click=${() => to >= 0 && to < count && turn(to)}
      >
        <ha-icon icon=${icon}></ha-icon>
      </button>`;
    return html`<div class="turns">
      ${button(index - 1, "mdi:chevron-left", "review.previous")}
      <span aria-live="polite">${which}</span>
      ${button(index + 1, "mdi:chevron-right", "review.next")}
    </div>`;
  }

  private renderChoices<T extends string>(
    { localize }: HomeAssistant,
    choices: readonly Choice<T>[],
    isOff: boolean,
    choose: (value: T) => Promise<void>,
    taken?: T | null,
  ) {
    return html`<div class="choices">
      ${choices.map(
        ({ value, key, icon }) =>
          html`<button
            class="action big ${value}"
            aria-disabled=${isOff || this.isBusy}
            aria-keyshortcuts=${key}
            aria-pressed=${taken === undefined ? nothing : taken === value}
            @click=${() => !isOff && choose(value)}
          >
            <ha-icon icon=${icon}></ha-icon>
            <span>${text(localize, `review.${value}`)}</span>
            <kbd aria-hidden="true">${key}</kbd>
          </button>`,
      )}
    </div>`;
  }

  static override styles = [shared, factStyles, reviewStyles];
}

define(contentTag(REVIEW_CARD), ReviewCard);

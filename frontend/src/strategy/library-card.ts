import { html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { query } from "lit/decorators/query.js";
import { state } from "lit/decorators/state.js";

import { isConcerned } from "../shared/concerns";
import { define } from "../shared/define";
import { fileName } from "../shared/file-name";
import { formatAgo, formatBytes, formatDuration, formatNumber } from "../shared/format";
import type { HomeAssistant } from "../shared/hass";
import { contentTag } from "../shared/lazy-card";
import { compareNames } from "../shared/need";
import "../shared/picture";
import { entityId } from "../shared/printers";
import { messageOf } from "../shared/response";
import { factStyles, shared } from "../shared/styles";
import { loadTexts, text } from "../shared/texts";
import { Visible } from "../shared/visible";
import { chosen, LIBRARY_CARD, whyNone, type ChoiceCardConfig } from "./config";
import {
  entryOf,
  loadFiles,
  SORTS,
  sourcesOf,
  type Files,
  type Folder,
  type PrintFile,
  type Sort,
  type Source,
} from "./library";
import { libraryStyles } from "./library-card-styles";
import { idleOf, type StartDialog } from "./start-dialog";
import "./start-dialog";
import type { Uploads } from "./uploads";
import "./uploads";

// In ms; a search begins when nothing was typed for so long.
const PAUSE = 400;

const NOTHING: Files = { folders: [], files: [], has_more: false };

/** A card with the files of the cloud and of printers, which can be searched, printed and uploaded. */
export class LibraryCard extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config?: ChoiceCardConfig;
  @state() private sourceKey = "";
  @state() private folder = "";
  @state() private search = "";
  @state() private sort: Sort = SORTS[0];
  @state() private files = NOTHING;
  @state() private problem = "";
  @state() private isLoading = true;
  /** Whether files are held above the card. */
  @state() private isOver = false;
  @query("obico-start-dialog") private readonly dialog!: StartDialog | null;
  @query("obico-uploads") private readonly uploads!: Uploads | null;
  @query("input[type=file]") private readonly picker!: HTMLInputElement | null;

  private loadedFor = "";
  private typing: ReturnType<typeof setTimeout> | undefined;
  private readonly visible = new Visible(this, () => void this.load());

  setConfig(config: ChoiceCardConfig): void {
    this.config = config;
  }

  getCardSize(): number {
    return 12;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.typing);
  }

  private get printers() {
    const { hass, config } = this;
    return hass && config ? chosen(hass, config).toSorted(compareNames(hass)) : [];
  }

  private get sources(): readonly Source[] {
    return this.hass ? sourcesOf(this.hass, this.printers) : [];
  }

  private get source(): Source | undefined {
    const { sources } = this;
    return sources.find(({ key }) => key === this.sourceKey) ?? sources[0];
  }

  /** Where files can be uploaded to; undefined if they cannot. */
  private get target() {
    const { source, hass } = this;
    const entryId = source && entryOf(source);
    return source?.kind === "cloud" && entryId !== undefined && hass?.user?.is_admin
      ? { entryId, folder: this.folder }
      : undefined;
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    // The status decides on which printers a print can start.
    return isConcerned(changed, this.hass, () =>
      this.printers.map((printer) => entityId(printer, "sensor.status")),
    );
  }

  protected override willUpdate(): void {
    if (this.hass) void loadTexts(this.hass);
  }

  protected override updated(): void {
    void this.load();
  }

  /** Loads the first page if something else is wanted than before. */
  private async load(): Promise<void> {
    const { source, folder, search, sort } = this;
    if (!source || !this.visible.now) return;
    const wanted = JSON.stringify([source.key, folder, search, sort]);
    if (wanted === this.loadedFor) return;
    this.loadedFor = wanted;
    await this.loadPage(0);
  }

  private async loadPage(offset: number): Promise<void> {
    const { hass, source, folder, search, sort, loadedFor } = this;
    if (!hass || !source) return;
    this.isLoading = true;
    let files = NOTHING;
    let problem = "";
    try {
      files = await loadFiles(hass, { source, folder, search, sort, offset });
    } catch (error) {
      problem = messageOf(error);
    }
    // Something else is wanted by now.
    if (loadedFor !== this.loadedFor) return;
    this.isLoading = false;
    this.problem = problem;
    if (offset === 0) this.files = files;
    else if (!problem) this.files = { ...files, files: [...this.files.files, ...files.files] };
  }

  private open(folder: string): void {
    this.folder = folder;
    this.search = "";
  }

  private choose(key: string): void {
    this.sourceKey = key;
    this.open("");
  }

  private typed(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => (this.search = value.trim()), PAUSE);
  }

  private over(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    // Else the browser would leave the page, and open the file.
    event.preventDefault();
    event.dataTransfer.dropEffect = this.target ? "copy" : "none";
    this.isOver = this.target !== undefined;
  }

  private dropped(event: DragEvent): void {
    this.isOver = false;
    const { files } = event.dataTransfer ?? {};
    if (!files?.length) return;
    event.preventDefault();
    this.add(files);
  }

  private add(files: Iterable<File>): void {
    if (this.target) this.uploads?.add(files, this.target);
  }

  private picked(): void {
    const { picker } = this;
    if (!picker?.files) return;
    this.add([...picker.files]);
    // So that the same file can be picked again.
    picker.value = "";
  }

  protected override render() {
    const { hass, source } = this;
    if (!hass) return nothing;
    const { localize } = hass;
    if (!source) {
      return html`<ha-card><p>${text(localize, whyNone(this.config ?? {}))}</p></ha-card>`;
    }
    const { folders, files, has_more } = this.files;
    const isEmpty = folders.length + files.length === 0;
    const said = this.problem || (isEmpty && !this.isLoading && text(localize, "library.nothing"));
    return html`<ha-card
      class=${this.isOver ? "over" : ""}
      @dragover=${this.over}
      @dragleave=${() => (this.isOver = false)}
      @drop=${this.dropped}
    >
      ${this.renderTools(hass, source)}
      <obico-uploads
        .hass=${hass}
        @obico-uploaded=${() => this.loadPage(0)}
        @obico-start=${(event: CustomEvent<PrintFile>) => this.dialog?.show(source, event.detail)}
      ></obico-uploads>
      ${this.renderWhere(hass)}
      ${said ? html`<p role=${this.problem ? "alert" : "status"}>${said}</p>` : nothing}
      <ul aria-busy=${this.isLoading}>
        ${folders.map((folder) => this.renderFolder(folder))}
        ${files.map((file) => this.renderFile(hass, source, file))}
      </ul>
      ${
        has_more
          ? html`<button class="action more" @click=${() => this.loadPage(files.length)}>
              ${text(localize, "prints.more")}
            </button>`
          : nothing
      }
      <obico-start-dialog .hass=${hass}></obico-start-dialog>
      <div class="drop" aria-hidden="true">
        <ha-icon icon="mdi:cloud-upload"></ha-icon>${text(localize, "library.drop")}
      </div>
    </ha-card>`;
  }

  private renderTools(hass: HomeAssistant, source: Source) {
    const { localize } = hass;
    return html`<div class="tools">
      <label>
        <span class="sr">${text(localize, "library.source")}</span>
        <select @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
          ${this.sources.map(
            ({ key, name }) =>
              html`<option value=${key} ?selected=${key === source.key}>${name}</option>`,
          )}
        </select>
      </label>
      <label class="search">
        <span class="sr">${text(localize, "library.search")}</span>
        <ha-icon icon="mdi:magnify"></ha-icon>
        <input
          type="search"
          placeholder=${text(localize, "library.search")}
          .value=${this.search}
          @input=${this.typed}
        />
      </label>
      <label>
        <span class="sr">${text(localize, "dashboard.sort")}</span>
        <select
          @change=${(event: Event) => (this.sort = (event.target as HTMLSelectElement).value as Sort)}
        >
          ${SORTS.map(
            (sort) =>
              html`<option value=${sort} ?selected=${sort === this.sort}>
                ${text(localize, `library.sort_${sort}`)}
              </option>`,
          )}
        </select>
      </label>
      ${
        this.target
          ? html`<button class="action" @click=${() => this.picker?.click()}>
                <ha-icon icon="mdi:cloud-upload"></ha-icon>${text(localize, "library.upload")}
              </button>
              <input
                type="file"
                multiple
                hidden
                accept=".gcode,.gco,.g,.bgcode"
                aria-label=${text(localize, "library.upload")}
                @change=${this.picked}
              />`
          : nothing
      }
    </div>`;
  }

  /** Renders the way to the open folder. */
  private renderWhere({ localize }: HomeAssistant) {
    const { folder } = this;
    if (!folder || this.search) return nothing;
    const names = folder.split("/");
    return html`<nav aria-label=${text(localize, "library.folder")}>
      <button class="chip" @click=${() => this.open("")}>${text(localize, "library.top")}</button>
      ${names.map(
        (name, index) =>
          html`<ha-icon icon="mdi:chevron-right"></ha-icon>
            <button
              class="chip"
              aria-current=${index === names.length - 1 ? "location" : nothing}
              @click=${() => this.open(names.slice(0, index + 1).join("/"))}
            >
              <bdi>${name}</bdi>
            </button>`,
      )}
    </nav>`;
  }

  private renderFolder({ name, path }: Folder) {
    return html`<li>
      <button class="folder" @click=${() => this.open(path)}>
        <ha-icon icon="mdi:folder"></ha-icon><bdi>${name}</bdi>
      </button>
    </li>`;
  }

  private renderFile(hass: HomeAssistant, source: Source, file: PrintFile) {
    const { localize, locale } = hass;
    const isIdle = idleOf(hass, source).length > 0;
    const label = text(localize, "library.start_file", { file: file.name });
    const facts = [
      // Names of a search lead nowhere without their folder.
      this.search && file.path !== file.name && file.path.slice(0, -file.name.length - 1),
      file.estimated_time !== null && formatDuration(file.estimated_time, locale),
      file.filament !== null && `${formatNumber(file.filament, locale, 1)} m`,
      file.size !== null && formatBytes(file.size, locale),
      file.modified_at && formatAgo(new Date(file.modified_at), locale),
    ];
    return html`<li>
      <obico-picture .hass=${hass} .path=${file.thumbnail} icon="mdi:cube-outline"></obico-picture>
      <div class="what">
        <span class="name">${fileName(file.name)}</span>
        <div class="facts secondary small">
          <div>${facts.map((fact) => (fact ? html`<span>${fact}</span> ` : nothing))}</div>
        </div>
      </div>
      <button
        class="action start"
        aria-label=${label}
        title=${isIdle ? label : text(localize, "library.no_idle")}
        aria-disabled=${!isIdle}
        @click=${() => isIdle && this.dialog?.show(source, file)}
      >
        <ha-icon icon="mdi:play"></ha-icon>
      </button>
    </li>`;
  }

  static override styles = [shared, factStyles, libraryStyles];
}

define(contentTag(LIBRARY_CARD), LibraryCard);

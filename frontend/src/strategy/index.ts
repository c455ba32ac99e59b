import { advertise } from "../shared/advertise";
import { define } from "../shared/define";
import {
  CONTROLS_CARD,
  DASHBOARD,
  EVENTS_CARD,
  LIBRARY_CARD,
  PRINTER_VIEW,
  PRINTERS_CARD,
  PRINTS_CARD,
  REVIEW_CARD,
  SETTINGS_CARD,
} from "./config";
import {
  ControlsCard,
  Dashboard,
  EventsCard,
  LibraryCard,
  PrintersCard,
  PrinterView,
  PrintsCard,
  ReviewCard,
  SettingsCard,
} from "./shells";

const DOCUMENTATION = "https://github.com/ha-obico/ha-obico/blob/main/docs/dashboard.md";

define(PRINTERS_CARD, PrintersCard);
define(PRINTS_CARD, PrintsCard);
define(CONTROLS_CARD, ControlsCard);
define(EVENTS_CARD, EventsCard);
define(REVIEW_CARD, ReviewCard);
define(LIBRARY_CARD, LibraryCard);
define(SETTINGS_CARD, SettingsCard);
define(`ll-strategy-view-${PRINTER_VIEW}`, PrinterView);
define(`ll-strategy-dashboard-${DASHBOARD}`, Dashboard);

// Without a preview, which would be larger than the dialog.
advertise("customCards", "printers", {
  type: PRINTERS_CARD,
  documentationURL: DOCUMENTATION,
});
advertise("customStrategies", "dashboard", {
  type: DASHBOARD,
  strategyType: "dashboard",
  documentationURL: DOCUMENTATION,
});

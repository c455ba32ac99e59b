import { advertise } from "../shared/advertise";
import { define } from "../shared/define";
import { DASHBOARD, EDITOR, PRINTER_VIEW, PRINTERS_CARD, PRINTS_CARD } from "./config";
import { ObicoDashboard } from "./dashboard";
import { ChoiceEditor } from "./editor";
import { PrinterView } from "./printer-view";
import { PrintersCard } from "./printers-card";
import { PrintsCard } from "./prints-card";

const DOCUMENTATION = "https://github.com/ha-obico/ha-obico/blob/main/docs/dashboard.md";

define(EDITOR, ChoiceEditor);
define(PRINTERS_CARD, PrintersCard);
define(PRINTS_CARD, PrintsCard);
define(`ll-strategy-view-${PRINTER_VIEW}`, PrinterView);
define(`ll-strategy-dashboard-${DASHBOARD}`, ObicoDashboard);

// Without a preview: all cards of a large household are larger than the dialog.
advertise("customCards", "printers", {
  type: PRINTERS_CARD,
  documentationURL: DOCUMENTATION,
});
advertise("customStrategies", "dashboard", {
  type: DASHBOARD,
  strategyType: "dashboard",
  documentationURL: DOCUMENTATION,
});

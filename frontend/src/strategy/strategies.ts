/** What generates the dashboard and its views. */
export { dashboard } from "./dashboard";
export { printerView } from "./printer-view";

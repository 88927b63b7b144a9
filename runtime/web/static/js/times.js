// Times arrive in UTC and are shown in the reader's own time zone.
import { dateFormat } from "./formats.js";

const format = dateFormat({ dateStyle: "medium", timeStyle: "short" });
const exact = dateFormat({ dateStyle: "full", timeStyle: "long" });

/** Rewrite every <time> inside `root`. */
export function showLocalTimes(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    element.textContent = format.format(moment);
    element.title = exact.format(moment);
  }
}

// Times arrive in UTC and are shown in the reader's own time zone.
const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Rewrite every <time> inside `root`. */
export function showLocalTimes(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    element.textContent = format.format(moment);
    element.title = exact.format(moment);
  }
}

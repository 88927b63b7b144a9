// Numbers and times in one locale, as the server writes them (runtime/web/services/formatting.py).
const LOCALE = "en-GB";

const numbers = new Intl.NumberFormat(LOCALE);

/** Return a count with separated thousands: "16,569". */
export const formatNumber = (number) => numbers.format(number);

/** Return a way to write times, by options of Intl.DateTimeFormat. */
export const dateFormat = (options) => new Intl.DateTimeFormat(LOCALE, options);

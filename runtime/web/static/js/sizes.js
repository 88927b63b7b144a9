// Sizes in decimal units, rounded down, as on the server.
const UNITS = ["KB", "MB", "GB"];

export function humanSize(bytes) {
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Math.floor(value * 10) / 10} ${UNITS[unit]}`;
}

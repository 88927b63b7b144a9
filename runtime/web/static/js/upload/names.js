// Turns the HGVS names of genomic changes (g. and m.) into the columns of a VCF record.
// https://hgvs-nomenclature.org/stable/recommendations/general/

const NAME = /^(?:([^\s:]+):)?([cgmnopr])\.(\S+)$/i;
const CHANGE = /^(\d{1,10})(?:_(\d{1,10}))?(?:([ACGT])>([ACGT])|(delins|ins)([ACGT]+)|(del|dup)([ACGT]*))$/i;
const LONGEST = 5000; // bases, as in runtime/annotator/limits.py

/** Thrown with the reason why a line can't be taken. */
export class NotResolved extends Error {}

/** The parts of an HGVS name, {place, kind, change}; null when the text isn't one. */
export function parseName(text) {
  const found = NAME.exec(text);
  return found && { place: found[1] ?? "", kind: found[2].toLowerCase(), change: found[3] };
}

function parseChange(text) {
  const found = CHANGE.exec(text);
  if (!found) throw new NotResolved("this kind of change isn't read here. Substitutions, del, dup, ins and delins are");
  const [, first, last, ref, alt, insertion, inserted, removal, stated] = found;
  return {
    first: Number(first),
    last: Number(last ?? first),
    isSpan: last !== undefined,
    kind: ref ? "sub" : (insertion ?? removal).toLowerCase(),
    stated: (ref ?? stated ?? "").toUpperCase(),
    alt: (alt ?? inserted ?? "").toUpperCase(),
  };
}

function checkPlace({ first, last, isSpan, kind }, contig) {
  if (first > last) throw new NotResolved("it ends before it begins; a change across the origin isn't read here");
  if (first < 1 || last > contig.length) {
    throw new NotResolved(`${contig.name} has the positions 1 to ${contig.length.toLocaleString("en-GB")}`);
  }
  if (last - first >= LONGEST) throw new NotResolved(`it is longer than ${LONGEST.toLocaleString("en-GB")} bases`);
  if (kind === "ins" && last !== first + 1) {
    throw new NotResolved("an insertion names the two bases that it lies between, such as 315_316insC");
  }
  if (kind === "sub" && isSpan) throw new NotResolved("a substitution has one position");
}

/**
 * The record of a change: {position, ref, alt}.
 *
 * `contig` is {name, length}; `bases(position, count)` resolves to bases of it. Throws NotResolved.
 */
export async function toRecord(text, contig, bases) {
  const change = parseChange(text);
  checkPlace(change, contig);
  const { first, last, kind, stated, alt } = change;
  if (kind === "ins") {
    const before = await bases(first, 1);
    return { position: first, ref: before, alt: before + alt };
  }
  const there = await bases(first, last - first + 1);
  if (stated && stated !== there) {
    throw new NotResolved(`the reference has ${there} at ${contig.name}:${first}, not ${stated}`);
  }
  if (kind === "sub" || kind === "delins") {
    if (there === alt) throw new NotResolved("it changes nothing");
    return { position: first, ref: there, alt };
  }
  if (kind === "dup") {
    const end = there.slice(-1);
    return { position: last, ref: end, alt: end + there };
  }
  // A record has a base in common: the one before, or at the beginning the one after.
  if (first > 1) {
    const before = await bases(first - 1, 1);
    return { position: first - 1, ref: before + there, alt: before };
  }
  const after = await bases(last + 1, 1);
  if (!after) throw new NotResolved("it deletes the whole sequence");
  return { position: first, ref: there + after, alt: after };
}

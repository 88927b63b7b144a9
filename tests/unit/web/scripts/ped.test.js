// PED files as the explorer's page reads them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { trioOf } from "../../../../runtime/web/static/js/ped/parse.js";

const SAMPLES = ["kid", "mum", "dad"];
const TRIO = "F1\tkid\tdad\tmum\t1\t2\nF1\tdad\t0\t0\t1\t1\nF1\tmum\t0\t0\t2\t1\n";

const FOUND = [
  ["a trio", TRIO, "mum", "dad", []],
  ["a mother who is affected too", TRIO.replace("mum\t0\t0\t2\t1", "mum\t0\t0\t2\t2"), "mum", "dad", ["mother"]],
  ["spaces, CRLF and a comment", `#family sample\n\n${TRIO.replaceAll("\t", "  ").replaceAll("\n", "\r\n")}`, "mum", "dad", []],
  ["no father", "F1 kid 0 mum 2 2\n", "mum", "", []],
  ["a father who has no sample", "F1 kid gran mum 2 2\n", "mum", "", []],
  ["a second affected person without parents", `F1 mum 0 0 2 2\n${TRIO}`, "mum", "dad", []],
  ["more columns", "F1 kid 0 0 0 2 extra columns\n", "", "", []],
];

for (const [name, text, mother, father, affectedParents] of FOUND) {
  test(`should name the people when the file has ${name}`, () => {
    assert.deepEqual(trioOf(text, SAMPLES), { affected: "kid", mother, father, affectedParents });
  });
}

const REFUSED = [
  ["nobody affected", TRIO.replace("1\t2\n", "1\t1\n"), /is affected/],
  ["nobody of the samples", "F1 other 0 0 1 2\n", /is affected/],
  ["no line", "", /is affected/],
  ["a short line", "kid 2\n", /fewer than six columns: kid 2/],
];

for (const [name, text, reason] of REFUSED) {
  test(`should say why when the file has ${name}`, () => {
    assert.match(trioOf(text, SAMPLES).reason, reason);
  });
}

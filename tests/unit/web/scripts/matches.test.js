// Which records the genome browser keeps, of those that it has read.
import assert from "node:assert/strict";
import { test } from "node:test";

import { filtered } from "../../../../runtime/web/static/js/genome/matches.js";

const record = (pos, referenceBases, alternateBases) => ({ pos, referenceBases, alternateBases });
const FIRST = record(10, "A", "G,T");
const SECOND = record(20, "C", ".");
const THIRD = record(30, "C", "<DEL>");
const OTHER_END = { mate: THIRD, pos: 500 };

/** A browser as igv.js makes it, with one track whose file has these features. */
function browserOf(features) {
  const reader = { readFeatures: async () => features };
  return { createTrack: async () => ({ featureSource: { reader } }) };
}

async function drawn(features, answer, id = "variants") {
  const asked = [];
  globalThis.location = { href: "http://site.example/" };
  globalThis.fetch = async (url) => {
    asked.push(url);
    return { ok: !answer.error, json: async () => answer };
  };
  const browser = browserOf(features);
  filtered(browser, "variants", "/matches.json?gene=X");
  const track = await browser.createTrack({ id });
  return { features: await track.featureSource.reader.readFeatures("chr1", 0, 100), asked };
}

test("keeps a record when one of its alleles matches", async () => {
  const all = [FIRST, SECOND, THIRD, OTHER_END];
  const { features, asked } = await drawn(all, { alleles: [[10, "A", "T"], [20, "C", null]] });

  assert.deepEqual(features, [FIRST, SECOND]);
  assert.equal(asked[0].searchParams.get("at"), "chr1:10-30");
  assert.equal(asked[0].searchParams.get("gene"), "X");
});

test("keeps both ends of a structural variant that matches", async () => {
  const { features } = await drawn([THIRD, OTHER_END], { alleles: [[30, "C", "<DEL>"]] });

  assert.deepEqual(features, [THIRD, OTHER_END]);
});

test("asks nothing when there is no record", async () => {
  assert.deepEqual((await drawn([], {})).asked, []);
});

test("leaves other tracks as they are", async () => {
  assert.deepEqual((await drawn([FIRST], { alleles: [] }, "known")).features, [FIRST]);
});

test("shows nothing and says why when the filter can't be applied", async () => {
  await assert.rejects(drawn([FIRST], { error: "Zoom in." }), /can't be applied: Zoom in\./);
});

// The first part of a file as text: plain, gzip or bgzip, recognized by content, not by name.

const COMPRESSED = 256 * 1024;
const TEXT = 1024 * 1024;
const PIECE = 16 * 1024;

/** What a file is, by its first bytes. The server rejects the same formats. */
const OTHER_FORMATS = [
  ["PK\x03\x04", "a zip archive. Unpack it and choose the VCF in it"],
  ["BZh", "compressed with bzip2. Compress it with bgzip or gzip instead"],
  ["\xfd7zXZ", "compressed with xz. Compress it with bgzip or gzip instead"],
  ["7z\xbc\xaf", "a 7z archive. Unpack it and choose the VCF in it"],
  ["\x28\xb5\x2f\xfd", "compressed with zstd. Compress it with bgzip or gzip instead"],
  ["CRAM", "a CRAM file. This service takes variants, not reads"],
  ["BAM\x01", "a BAM file. This service takes variants, not reads"],
  ["BCF", "a BCF file. Convert it: bcftools view -Oz -o file.vcf.gz file.bcf"],
  ["%PDF", "a PDF document"],
  ["\x89PNG", "a picture"],
  ["\xff\xd8\xff", "a picture"],
  ["\xff\xfe", "text in UTF-16. Save it as UTF-8"],
  ["\xfe\xff", "text in UTF-16. Save it as UTF-8"],
];

const latin = (bytes) => String.fromCharCode(...bytes);

/** Name the other well-known format that these first bytes belong to; undefined if none. */
export function otherFormat(bytes) {
  const head = latin(bytes.subarray(0, 8));
  return OTHER_FORMATS.find(([magic]) => head.startsWith(magic))?.[1];
}

const isGzip = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Length of the BGZF block that begins at `at`, from its extra field BC; 0 when there is none.
 *  https://samtools.github.io/hts-specs/SAMv1.pdf, 4.1 */
function blockLength(bytes, at) {
  const isBlock = bytes[at] === 0x1f && bytes[at + 1] === 0x8b && (bytes[at + 3] & 4) !== 0
    && bytes[at + 12] === 0x42 && bytes[at + 13] === 0x43;
  return isBlock ? bytes[at + 16] + 256 * bytes[at + 17] + 1 : 0;
}

/** Decompress one gzip member, or as much of it as `bytes` holds. */
async function inflate(bytes) {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const found = [];
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      found.push(value);
    }
  })().catch(() => {});
  let sound = true;
  try {
    for (let at = 0; at < bytes.length; at += PIECE) {
      await writer.write(bytes.subarray(at, at + PIECE));
    }
    // Read the output so far first: an error, such as the end of our part of the file, drops it.
    await new Promise((resolve) => setTimeout(resolve, 0));
    await writer.close();
  } catch {
    sound = false;
  }
  await reading;
  return { bytes: joined(found), sound };
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Decompress the whole blocks at the beginning of a BGZF file. */
export async function inflateBlocks(bytes) {
  const found = [];
  let at = 0;
  let length = blockLength(bytes, 0);
  while (length > 0 && at + length <= bytes.length) {
    const block = await inflate(bytes.subarray(at, at + length));
    if (!block.sound) break;
    found.push(block.bytes);
    at += length;
    length = blockLength(bytes, at);
  }
  return { bytes: joined(found), used: at };
}

/**
 * Read the beginning of `file`.
 *
 * Resolves to {text, compression, complete, total, other}: `total` is the estimated size of the
 * decompressed file in bytes, `complete` whether `text` is all of it, `other` says what the file is
 * when it isn't text.
 */
export async function readStart(file) {
  const head = new Uint8Array(await file.slice(0, COMPRESSED).arrayBuffer());
  const all = head.length === file.size;
  const other = otherFormat(head);
  if (other) return { other };
  if (!isGzip(head)) {
    return { ...decoded(head, all), compression: "none", total: file.size };
  }
  const bgzip = blockLength(head, 0) > 0;
  const opened = bgzip ? await inflateBlocks(head) : { ...(await inflate(head)), used: head.length };
  if (opened.bytes.length === 0) return { other: "damaged: it can't be decompressed" };
  const inside = otherFormat(opened.bytes);
  if (inside) return { other: inside };
  const complete = all && (bgzip ? opened.used === file.size : opened.sound);
  return {
    ...decoded(opened.bytes, complete),
    compression: bgzip ? "bgzip" : "gzip",
    total: Math.round((file.size * opened.bytes.length) / opened.used),
  };
}

function decoded(bytes, complete) {
  const whole = complete && bytes.length <= TEXT;
  return { text: new TextDecoder().decode(bytes.subarray(0, TEXT)), complete: whole };
}

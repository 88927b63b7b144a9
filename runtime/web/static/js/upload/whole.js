// Whether a compressed file is whole, before it is sent.

// The empty block that ends a BGZF file. https://samtools.github.io/hts-specs/SAMv1.pdf, 4.1.2
const BGZF_END = [
  0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

// DEFLATE packs up to 1,032 bytes into one, and a piece is decompressed at once: 33 MB at the most.
const PIECE = 32 * 1024;

export const CUT_SHORT = "The file is cut short: its compressed data ends too early. Copy or compress it again.";

async function endsInBlock(file) {
  const end = new Uint8Array(await file.slice(-BGZF_END.length).arrayBuffer());
  return end.length === BGZF_END.length && end.every((byte, at) => byte === BGZF_END[at]);
}

/** Read a stream to its end, and keep nothing. */
async function drain(reader) {
  for (;;) {
    const { done } = await reader.read();
    if (done) return;
  }
}

/** Decompress a gzip file to its end. What is damaged, or goes on after its first part, is left to
 *  the annotator: browsers can't read the latter. */
async function gzipEndsEarly(file, { signal, onProgress }) {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const drained = drain(stream.readable.getReader()).catch(() => {}); // `writer` gets the same error
  try {
    for (let at = 0; at < file.size && !signal?.aborted; at += PIECE) {
      const piece = await file.slice(at, at + PIECE).arrayBuffer();
      const written = await writer.write(piece).then(() => true, () => false);
      if (!written) return false;
      onProgress?.(at / file.size);
    }
    if (signal?.aborted) return false;
    // Browsers reject a second part as it is written. Node does so only here.
    return await writer.close().then(() => false, (error) => !/junk/i.test(error.message));
  } finally {
    await writer.abort().catch(() => {}); // it has ended already, well or not
    await drained;
  }
}

/**
 * Whether a compressed file lacks its end, as after a broken copy.
 *
 * `start` comes from readStart. `watch` may have `signal`, which ends the reading, and `onProgress`,
 * which gets the share read so far: a gzip file is decompressed to its end.
 */
export async function isCutShort(file, start, watch) {
  if (start.compression === "bgzip") return !await endsInBlock(file);
  return start.compression === "gzip" && !start.complete && gzipEndsEarly(file, watch);
}

// Sends one file: asks our server where to, posts it straight to S3, then makes the job of it.
import { pause, request, RequestFailed } from "../api.js";

const S3_FAULTS = {
  EntityTooLarge: "The file is larger than your plan allows. Reload the page to see how large it may be.",
  EntityTooSmall: "The file is empty.",
  AccessDenied: "The time to begin this upload has run out. Try again.",
};

/** Thrown when the person cancelled. */
export class Cancelled extends Error {}

/** POST the file with the fields that our server signed. XMLHttpRequest reports progress. */
function postToS3(file, { url, fields }, { signal, onProgress }) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("file", file); // S3 ignores whatever comes after the file
  return new Promise((resolve, reject) => {
    const post = new XMLHttpRequest();
    post.open("POST", url);
    post.upload.addEventListener("progress", (event) => onProgress(event.loaded / event.total));
    post.addEventListener("load", () => {
      if (post.status >= 200 && post.status < 300) return resolve();
      const code = /<Code>(\w+)<\/Code>/.exec(post.responseText)?.[1];
      return reject(new RequestFailed(S3_FAULTS[code] ?? "The storage refused the file. Try again.", post.status));
    });
    post.addEventListener("error", () =>
      reject(new RequestFailed("The connection was lost during the upload. Try again.", 0)));
    post.addEventListener("abort", () => reject(new Cancelled()));
    signal.addEventListener("abort", () => post.abort());
    post.send(body);
  });
}

/** Make the job. Repeating it is safe, so a lost connection is no reason to upload again. */
async function submit(token, note) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request("/jobs", { token, note });
    } catch (error) {
      const passing = error.status === 0 || error.status >= 500;
      if (!passing || attempt === 5) throw error;
      await pause(500 * 2 ** attempt);
    }
  }
}

/** Upload `file`; resolves to the ticket that stands for it. See `send` for `watch`. */
async function upload(file, name, watch) {
  const opened = await request("/uploads", { file_name: name, size: file.size });
  if (watch.signal.aborted) throw new Cancelled();
  await postToS3(file, opened, watch);
  return opened.token;
}

/**
 * Send `file` and make its job; resolves to {job_id, url}.
 *
 * `watch` is {signal, ticket, onProgress, onSubmit}: `ticket` is that of a try before, which uploaded
 * the file and couldn't make the job; `onProgress` is told the share that has been sent, and
 * `onSubmit` the ticket once all has been; from then on it can't be cancelled here.
 */
export async function send(file, name, note, watch) {
  const ticket = watch.ticket ?? await upload(file, name, watch);
  watch.onSubmit(ticket);
  return submit(ticket, note());
}

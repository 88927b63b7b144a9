// Uploads one file: asks our server for the address, posts the file to S3, then creates the job.
import { pause, request, RequestFailed } from "../api.js";

const S3_FAULTS = {
  EntityTooLarge: "The file is larger than your plan allows. Reload the page to see the limit.",
  EntityTooSmall: "The file is empty.",
  AccessDenied: "The time limit of this upload has passed. Try again.",
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
      return reject(new RequestFailed(S3_FAULTS[code] ?? "The storage rejected the file. Try again.", post.status));
    });
    post.addEventListener("error", () =>
      reject(new RequestFailed("The connection was lost during the upload. Try again.", 0)));
    post.addEventListener("abort", () => reject(new Cancelled()));
    signal.addEventListener("abort", () => post.abort());
    post.send(body);
  });
}

/** Create the job. Repeating the request is safe: after a lost connection the upload is kept. */
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

/** Upload `file`; resolves to its ticket. See `send` for `watch`. */
async function upload(file, name, reference, watch) {
  const opened = await request("/uploads", { file_name: name, size: file.size, reference });
  if (watch.signal.aborted) throw new Cancelled();
  await postToS3(file, opened, watch);
  return opened.token;
}

/**
 * Upload `file` and create its job, with the reference of that name; resolves to {job_id, url}.
 *
 * `watch` is {signal, ticket, onProgress, onSubmit}. `ticket` comes from an earlier attempt that
 * uploaded the file but didn't create the job. `onProgress` gets the fraction sent so far.
 * `onSubmit` gets the ticket when the upload is complete; after that it can't be cancelled here.
 */
export async function send(file, name, reference, note, watch) {
  const ticket = watch.ticket ?? await upload(file, name, reference, watch);
  watch.onSubmit(ticket);
  return submit(ticket, note());
}

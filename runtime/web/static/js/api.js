// Requests to our own server: JSON both ways. A failure is an error with a sentence for the reader.

/** An answer that isn't a success; `status` is 0 when there was no answer at all. */
export class RequestFailed extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const token = () => document.querySelector('meta[name="csrf-token"]');

/** Take the token of a session that began after this page was loaded, in another tab. */
async function renewToken() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  const fresh = new DOMParser().parseFromString(await answer?.text() ?? "", "text/html");
  const found = fresh.querySelector('meta[name="csrf-token"]');
  if (!found || found.content === token().content) return false;
  token().content = found.content;
  return true;
}

/** GET `url`, or POST `body` to it when there is one; resolves to the JSON of the answer. */
export async function request(url, body) {
  try {
    return await ask(url, body);
  } catch (error) {
    // The page is older than the session.
    if (error.status !== 403 || !await renewToken()) throw error;
    return ask(url, body);
  }
}

async function ask(url, body) {
  const headers = { Accept: "application/json" };
  const options = { headers, credentials: "same-origin" };
  if (body !== undefined) {
    options.method = "POST";
    options.body = JSON.stringify(body);
    headers["Content-Type"] = "application/json";
    headers["X-CSRFToken"] = token().content;
  }
  let answer;
  try {
    answer = await fetch(url, options);
  } catch {
    throw new RequestFailed("The connection was lost. Check it and try again.", 0);
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new RequestFailed(data.error ?? `The server answered ${answer.status}.`, answer.status);
  }
  return data;
}

/** Resolve after `milliseconds`. */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Wait about this long, and until the page is visible. */
export async function rest(milliseconds) {
  await pause(milliseconds * (0.9 + 0.2 * Math.random()));
  if (document.hidden) {
    await new Promise((resolve) =>
      document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}

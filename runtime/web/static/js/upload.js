// The upload: ask our server where to, send the file straight to S3, then make the job of it.
import { pause, request, RequestFailed } from "./api.js";
import { humanSize } from "./sizes.js";

const part = (id) => document.getElementById(id);
const form = part("upload");
const limit = Number(form.dataset.limit);
const extensions = form.dataset.extensions.split(" ");

const S3_FAULTS = {
  EntityTooLarge: "The file is larger than your plan allows.",
  EntityTooSmall: "The file is empty.",
  AccessDenied: "The time to begin this upload has run out. Try again.",
};

function show(element, text) {
  element.textContent = text;
  element.hidden = text === "";
}

/** What is wrong with the file, as a sentence; "" when nothing is. The server checks again. */
function fault(file) {
  if (!extensions.some((extension) => file.name.toLowerCase().endsWith(extension))) {
    return `“${file.name}” isn't a VCF file: the name must end in ${extensions.join(", ")}.`;
  }
  if (file.size > limit) {
    return `The file is ${humanSize(file.size)} (${file.size.toLocaleString()} bytes); your plan allows ${form.dataset.limitText} a file.`;
  }
  return file.size === 0 ? "The file is empty." : "";
}

function look() {
  const file = part("file").files[0];
  show(part("chosen"), file ? `This file has ${humanSize(file.size)}.` : "");
  show(part("problem"), file ? fault(file) : "");
  part("file").setAttribute("aria-invalid", String(!part("problem").hidden));
}

/** Show the share of a file of `size` bytes that has been sent. */
function showProgress(share, size) {
  const percent = Math.floor(100 * share);
  part("bar").value = percent;
  part("amount").textContent = `${percent} %, ${humanSize(Math.floor(share * size))} of ${humanSize(size)}`;
  const quarter = 25 * Math.floor(percent / 25);
  if (quarter > 0) part("spoken").textContent = `${quarter} % uploaded`;
}

/** POST the file to S3 with the fields that our server signed. XMLHttpRequest reports progress. */
function sendToS3(file, { url, fields }) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("file", file); // S3 ignores whatever comes after the file
  return new Promise((resolve, reject) => {
    const post = new XMLHttpRequest();
    post.open("POST", url);
    post.upload.addEventListener("progress", (event) =>
      showProgress(event.loaded / event.total, file.size));
    post.addEventListener("load", () => {
      if (post.status >= 200 && post.status < 300) return resolve();
      const code = /<Code>(\w+)<\/Code>/.exec(post.responseText)?.[1];
      return reject(new RequestFailed(S3_FAULTS[code] ?? "The storage refused the file. Try again.", post.status));
    });
    post.addEventListener("error", () =>
      reject(new RequestFailed("The connection was lost during the upload. Try again.", 0)));
    post.send(body);
  });
}

/** Make the job. Repeating it is safe, so a lost connection is no reason to upload again. */
async function submit(token) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request("/jobs", { token });
    } catch (error) {
      const passing = error.status === 0 || error.status >= 500;
      if (!passing || attempt === 5) throw error;
      await pause(500 * 2 ** attempt);
    }
  }
}

async function send(file) {
  const upload = await request("/uploads", { file_name: file.name, size: file.size });
  part("phase").textContent = "Uploading";
  await sendToS3(file, upload);
  part("phase").textContent = "Starting the job";
  const job = await submit(upload.token);
  location.assign(job.url);
}

function busy(is) {
  part("send").disabled = is;
  part("file").disabled = is;
  part("sending").hidden = !is;
}

part("file").addEventListener("change", look);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = part("file").files[0];
  look();
  if (!file || !part("problem").hidden) {
    part("file").focus();
    return;
  }
  busy(true);
  showProgress(0, file.size);
  try {
    await send(file);
  } catch (error) {
    busy(false);
    show(part("problem"), error.message);
    part("send").focus();
  }
});

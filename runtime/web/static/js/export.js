// Follows a file that is being made, and starts its download when it is ready.
import { request, rest } from "./api.js";

const FASTEST = 400;
const SLOWEST = 5000;
const SLOWER = 1.3;
const AFTER_FAILURE = 5000;
const LOST = 0;

const part = (id) => document.getElementById(id);
const write = (id, text) => {
  if (part(id).textContent !== text) part(id).textContent = text;
};

function showProgress({ making, percent }) {
  write("headline", making ? "We are making this file." : "This file is in the queue.");
  if (percent === null) part("progress").removeAttribute("value");
  else part("progress").value = percent;
}

function end(headline, detail, link) {
  write("headline", headline);
  write("detail", detail);
  write("again", link);
  part("progress").hidden = true;
}

async function follow() {
  for (let delay = FASTEST; ; delay = Math.min(delay * SLOWER, SLOWEST)) {
    await rest(delay);
    try {
      const export_ = await request(location.href);
      if (export_.url) {
        end("The download has started.", "The file is kept for a day.", "Download it again");
        location.assign(export_.url);
        return;
      }
      showProgress(export_);
    } catch (error) {
      if (error.status !== LOST) {
        end(error.message, "", "Try again");
        return;
      }
      write("headline", "The connection was lost. Trying again.");
      delay = AFTER_FAILURE;
    }
  }
}

follow();

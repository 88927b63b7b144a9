// The page about the plan. Stripe.js sends the card to Stripe; our server learns that it was set up.
import { pause, request, RequestFailed } from "./api.js";
import { colourAt } from "./colour.js";
import { cardProblem } from "./stripe_errors.js";

const part = (id) => document.getElementById(id);
const plan = part("plan");
const form = part("card-form");
const confirmation = part("confirm");
const CHECKS = 6;
const NOT_CHARGED = "You haven't been charged. Try again; you won't be charged twice.";
const NOT_CONFIRMED = "Your bank didn't confirm the payment. You haven't been charged.";
const UNEXPECTED = "Something went wrong on this page. Reload it: then it shows whether you have paid.";

function say(text) {
  part("spoken").textContent = text;
}

function show(problem) {
  part("problem").textContent = problem;
  part("problem").hidden = problem === "";
}

function busy(is, label) {
  const send = part("send");
  send.dataset.label ??= send.textContent;
  send.disabled = is;
  send.textContent = is ? label : send.dataset.label;
  if (is) say(label);
}

const colour = (name) => colourAt(plan, name);

/** An id of one attempt: repeating a request with the same id changes nothing. */
const newAttempt = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const reload = () => location.replace(plan.dataset.page);
const hasChanged = (answer) => answer !== null && answer.state !== plan.dataset.state;
const isPaid = (answer) => ["premium", "ending", "granted"].includes(answer.state);

/** Poll until Stripe has settled the payment, for some seconds. Null when there was no answer. */
async function checkUntilSettled() {
  let last = null;
  for (let check = 0; check < CHECKS; check += 1) {
    await pause(1000 * 1.6 ** check);
    last = await request(plan.dataset.check, {}).catch(() => null);
    if (hasChanged(last)) {
      reload();
      break;
    }
  }
  return last;
}

/** Act on the subscription's state; resolves to a sentence for the reader, or "". */
async function follow(stripe, answer) {
  if (answer.state === "confirm") {
    say("Your bank asks you to confirm the payment.");
    const { error } = await stripe.confirmCardPayment(answer.client_secret);
    const after = await request(plan.dataset.check, {});
    if (error && !isPaid(after)) return after.message || NOT_CONFIRMED;
    return follow(stripe, after.state === "confirm" ? { state: "pending" } : after);
  }
  if (isPaid(answer) || answer.state === "pending") {
    reload();
    return "";
  }
  return answer.message || "The payment didn't go through. Try again.";
}

let attempt = newAttempt();
let isAskedFor = false; // whether Stripe may already be charging the card

async function pay(stripe, card) {
  const { client_secret: secret } = await request(form.dataset.setup, { attempt });
  const { error, setupIntent } = await stripe.confirmCardSetup(secret, { payment_method: { card } });
  attempt = newAttempt(); // an id is used once, whatever the outcome
  if (error) return cardProblem(error);
  busy(true, "Paying …");
  isAskedFor = true;
  return follow(stripe, await request(form.dataset.subscribe, { setup_intent: setupIntent.id }));
}

/** Remove what the page says of the attempt before: it isn't true of this one. */
function forgetLastAttempt() {
  show("");
  for (const old of document.querySelectorAll("[data-last-attempt]")) old.remove();
}

/** Run `work`, and show any problem. After a lost answer Stripe may have charged the card: check. */
async function guarded(label, work) {
  forgetLastAttempt();
  busy(true, label);
  isAskedFor = false;
  try {
    const problem = await work();
    if (problem === "") return;
    show(problem);
  } catch (error) {
    if (!(error instanceof RequestFailed)) reportError(error);
    show(error instanceof RequestFailed ? error.message : UNEXPECTED);
    const isUnknown = !(error.status >= 400 && error.status < 500);
    if (isUnknown && isAskedFor) {
      busy(true, "Checking whether the payment went through …");
      const answer = await checkUntilSettled();
      if (hasChanged(answer)) return;
      if (answer && !isPaid(answer)) show(NOT_CHARGED);
    }
  }
  busy(false);
  part("send").focus();
}

function takeCards() {
  const stripe = window.Stripe(form.dataset.key);
  const font = getComputedStyle(document.body);
  const card = stripe.elements().create("card", {
    style: {
      base: {
        color: colour("--gas-ink"),
        fontFamily: font.fontFamily,
        fontSize: "16px",
        "::placeholder": { color: colour("--gas-muted") },
      },
      invalid: { color: colour("--gas-high") },
    },
  });
  card.mount("#card");
  card.on("change", (event) => show(event?.error ? cardProblem(event.error) : ""));
  part("send").disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded("Checking the card …", () => pay(stripe, card));
  });
}

function takeConfirmation() {
  const stripe = window.Stripe(confirmation.dataset.key);
  part("send").addEventListener("click", () =>
    guarded("Waiting for your bank …", async () => {
      isAskedFor = true;
      const problem = await follow(stripe, await request(plan.dataset.check, {}));
      // A payment whose confirmation failed can't be confirmed again.
      if (problem) [part("send").hidden, part("another").hidden] = [true, false];
      return problem;
    }));
}

if (form || confirmation) {
  if (!window.Stripe) show("We can't reach Stripe from your browser. Check your connection, and that nothing blocks js.stripe.com.");
  else if (form) takeCards();
  else takeConfirmation();
}
if ("unsettled" in plan.dataset) {
  // Reload once at most, so that this can't loop.
  request(plan.dataset.check, {}).then((answer) => {
    if (answer.state !== "pending" && !sessionStorage.getItem("plan-checked")) {
      sessionStorage.setItem("plan-checked", "1");
      reload();
    } else if (answer.state === "pending") {
      checkUntilSettled();
    }
  }, () => {});
} else {
  sessionStorage.removeItem("plan-checked");
}

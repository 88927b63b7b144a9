// Errors of Stripe.js as sentences for the reader. Only messages about cards and fields are meant for
// people; the others speak to developers. https://docs.stripe.com/api/errors#errors-message
const NOT_CONFIRMED = "Your bank didn't confirm the card.";
const UNREACHABLE = "We can't reach Stripe from your browser. Check your connection.";
const UNREAD = "Stripe couldn't use this card. Check its number, expiry date and security code.";
const NEXT = "Nothing was charged. Try again, or use another card.";

/** A text of Stripe's with a capital in front and a full stop at the end. */
function sentence(text) {
  const plain = text.trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1) + (/[.!?]$/.test(plain) ? "" : ".");
}

/** Why a card couldn't be set up, before anything was charged, and what to do next. */
export function cardProblem(error) {
  if (error.type === "validation_error" && error.message) return sentence(error.message);
  if (error.type === "card_error" && error.message) return `${sentence(error.message)} ${NEXT}`;
  if (error.type === "api_connection_error") return `${UNREACHABLE} ${NEXT}`;
  if (error.code === "setup_intent_authentication_failure") return `${NOT_CONFIRMED} ${NEXT}`;
  return `${UNREAD} ${NEXT}`;
}

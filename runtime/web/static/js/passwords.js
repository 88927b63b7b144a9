// Buttons that show and hide what is typed into a password field. Without scripts there are none.
for (const button of document.querySelectorAll(".show-password")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const show = (is) => {
    field.type = is ? "text" : "password";
    button.querySelector("[data-word]").textContent = is ? "Hide" : "Show";
    button.nextElementSibling.textContent = is ? "Your password is visible." : "Your password is hidden.";
  };
  field.autocapitalize = "none"; // in a visible field, keyboards would write a capital first
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  // Browsers offer to keep, and fill in, only what is sent as a password.
  field.form.addEventListener("submit", () => field.type === "text" && show(false));
}

// Rules for the pages as they are sent; tests/unit/web/rendered_pages.py collects them.
export default {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    "doctype-style": ["error", { style: "lowercase" }],
    // Several checkboxes of a filter share the name of their field.
    "form-dup-name": ["error", { shared: ["radio", "button", "reset", "submit", "checkbox"] }],
    // An id may hold the name of a contig or the value of a field, as HTML allows.
    "valid-id": ["error", { relaxed: true }],
    // A <pre> or <div> that scrolls takes the focus, and so needs a role and a name.
    "prefer-native-element": ["error", { exclude: ["region"] }],
    // Without scripts, pages of open jobs load themselves again.
    "meta-refresh": "off",
    // Templates leave it where a condition isn't met.
    "no-trailing-whitespace": "off",
  },
};

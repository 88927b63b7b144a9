// Rules for the scripts of the pages, their tests, and these configurations.
import comments from "@eslint-community/eslint-plugin-eslint-comments/configs";
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["cdk.out/", ".gas/", ".venv/", "runtime/web/static/vendor/"] },
  js.configs.recommended,
  comments.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // Every suppression says why.
      "@eslint-community/eslint-comments/require-description": "error",
      // As in Python: a file is under 300 lines, a function fits a screen and does one thing.
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", 50],
      complexity: ["error", 15],
      "max-depth": ["error", 3],
      // The newer, safer form of the language only.
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "prefer-template": "error",
      "object-shorthand": "error",
      "no-else-return": "error",
      "no-implicit-coercion": "error",
      "no-throw-literal": "error",
      // A name means one thing.
      camelcase: ["error", { properties: "never", ignoreDestructuring: true }],
      "no-shadow": "error",
      "no-param-reassign": "error",
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-console": ["error", { allow: ["error"] }],
    },
  },
  { files: ["runtime/web/static/js/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["runtime/web/static/js/formats.js"], rules: { "no-restricted-globals": "off" } },
  { files: ["tests/**/*.js"], languageOptions: { globals: globals.node } },
];

// Rules for the style sheets of the pages.
export default {
  extends: "stylelint-config-standard",
  reportDescriptionlessDisables: true,
  reportInvalidScopeDisables: true,
  reportNeedlessDisables: true,
  rules: {
    // It compares selectors that never match the same element, such as .chips a and .menu li a.
    "no-descending-specificity": null,
    // Colours are compared as they are written, by tests/unit/web/test_contrast.py.
    "color-hex-length": "long",
    // Names of fonts have capitals.
    "value-keyword-case": ["lower", { ignoreProperties: ["/font|mono/"] }],
    // A value of the data, such as a job's state or an impact, may end a name as it is: state-PENDING.
    "selector-class-pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*(-[A-Z]+)?$",
  },
};

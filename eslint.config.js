import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/.*", "build/", "node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "consistent-return": "error",
      eqeqeq: "error",
      "no-shadow": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["tests/**/*.mjs"], languageOptions: { globals: globals.node } },
];

import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Only the configuration room and the entry points may look at the environment (style.md's rule, as a lint). */
const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Read configuration through src/config; only main.ts and src/config see process.env.',
};
const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' };

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'src/api-client/'] },
  js.configs.recommended,
  {
    files: ['src/**/*.ts', 'drivers/**/*.ts', 'test/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // Index signatures are read by key on purpose; noUncheckedIndexedAccess makes them honest.
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      'no-restricted-syntax': ['error', noEnvironment, noDefaultExport],
    },
  },
  { files: ['**/main.ts', 'src/config/**/*.ts', 'test/**/*.ts'], rules: { 'no-restricted-syntax': ['error', noDefaultExport] } },
  {
    // The invariant monitor judges the product: what it sees and how it judges must not be the product's own code.
    files: ['test/monitor/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^(\\.\\./)+(src|drivers|support|lab)/', message: 'The invariant monitor imports nothing of what it judges.' }] }] },
  },
  {
    files: ['**/*.mjs', '*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly' } },
  },
);

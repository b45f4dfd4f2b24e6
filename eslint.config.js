// @ts-check
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'No default exports: a name is found by search and survives a rename.',
};

export default defineConfig(
  {
    ignores: [
      'build/',
      'dist/',
      'coverage/',
      'api-docs/',
      'test/fixtures/',
      'docs/',
      '.archparity/',
    ],
  },
  {
    files: ['**/*.ts', '**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-restricted-syntax': ['error', noDefaultExport],
      eqeqeq: 'error',
      // Numbers in a message need no String(): their text has only one form.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // tsconfig's noPropertyAccessFromIndexSignature asks for the brackets that this rule removes.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // A one-line arrow, or an early `return reject(error)`, reads well without braces.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Parameters of callbacks and of implementations of an interface may go unused when named so.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      // There are no enums here (erasableSyntaxOnly), and looking for them costs seconds.
      '@typescript-eslint/no-mixed-enums': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // `type` for unions, `interface` for shapes: both are wanted, and mapped types need `type`.
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      // stdout and the exit code belong to the CLI: elsewhere they corrupt --json and end a host program.
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only src/cli may end the process.' },
        { object: 'process', property: 'exitCode', message: 'Only src/cli sets the exit code.' },
        { object: 'process', property: 'stdout', message: 'Only src/cli writes to stdout.' },
      ],
    },
  },
  {
    files: ['src/cli/**/*.ts'],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test may hand an async function to a mock-free fake that awaits nothing.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // Tools load their configuration from the default export.
    files: ['*.config.ts', 'scripts/*/*.config.ts', '*.config.js', '*.mjs', '.*.mjs'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);

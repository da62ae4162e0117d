import { builtinModules } from 'node:module';
import js from '@eslint/js';
import graphql from '@graphql-eslint/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Law 8: all workflows of a worker share one V8 context, so module-level state leaks between bookings. */
const sharedState =
  'Module-level mutable state is shared by all workflows of a worker; keep it inside the workflow function.';
const topLevelVariable = [
  'Program > VariableDeclaration',
  'Program > ExportNamedDeclaration > VariableDeclaration',
];
const mutableAtModuleLevel = topLevelVariable.flatMap((variable) => [
  `${variable}[kind=/^(let|var)$/]`,
  // A collection typed ReadonlyMap or ReadonlySet is constant; so is a non-empty literal.
  `${variable} > VariableDeclarator:not([id.typeAnnotation.typeAnnotation.typeName.name=/^Readonly/]) > NewExpression.init[callee.name=/^(Map|Set|WeakMap|WeakSet|Array)$/]`,
  `${variable} > VariableDeclarator > ArrayExpression.init[elements.length=0]`,
  `${variable} > VariableDeclarator > ObjectExpression.init[properties.length=0]`,
]);

const configOnly = 'Only src/config reads the environment; take the validated, typed value from there.';

export default defineConfig(
  globalIgnores(['dist/', 'data/', 'coverage/', 'src/client/generated*.ts']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx,js,cjs,mjs}'],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // Both are in the recommended set; listed because a lost promise here is an unwatched booking.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // The try that returns a promise must catch its rejection.
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        // `typeof import('x')` refers to an optional package without loading it.
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          caughtErrorsIgnorePattern: '^_',
          ignoreRestSiblings: true,
        },
      ],
      // A port is asynchronous even if one adapter has nothing to await.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/config/**'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: configOnly }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[property.name="env"][object.property.name="process"]',
          message: configOnly,
        },
        {
          selector:
            'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="env"]',
          message: configOnly,
        },
      ],
    },
  },
  {
    files: ['src/saga/**'],
    rules: {
      // proxyActivities() returns free functions, although their interface has methods.
      '@typescript-eslint/unbound-method': 'off',
      // Replaces the list above for these files, where no-restricted-imports forbids `process` altogether.
      'no-restricted-syntax': [
        'error',
        ...mutableAtModuleLevel.map((selector) => ({ selector, message: sharedState })),
        { selector: 'PropertyDefinition[static=true][readonly!=true]', message: sharedState },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'A workflow has no process; pass what it needs as an argument.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: builtinModules.map((name) => ({
            name,
            message: 'The workflow sandbox has no Node modules; do this in an activity.',
          })),
          patterns: [
            { regex: '^node:', message: 'The workflow sandbox has no Node modules; do this in an activity.' },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**'],
    rules: {
      // expect(port.method).toHaveBeenCalled() refers to a method without calling it.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
  },
  {
    files: ['schema.graphql', 'src/client/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: 'schema.graphql', documents: 'src/client/*.graphql' } },
    },
  },
  {
    files: ['schema.graphql'],
    extends: [graphql.configs['flat/schema-recommended'], graphql.configs['flat/schema-relay']],
    rules: {
      // Recommended for types and root fields only; here for whatever can have a description.
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          rootField: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
        },
      ],
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            // Parts of what has an id: nothing is looked up or cached by theirs. A leg's id is unique only within its booking.
            types: [
              'Leg',
              'TriedOffer',
              'BookingFailure',
              'BookingCancellation',
              'SagaEvent',
              'Package',
              'PackageLeg',
              'Place',
              'Health',
              'ServiceHealth',
              'SupplierHealth',
              'BookingCount',
              'QuotedLeg',
              'QuotedAlternative',
              'QuoteWarning',
              'Money',
              'Viewer',
            ],
            // What wraps a reply.
            suffixes: ['Payload', 'UserError', 'Connection', 'Edge', 'PageInfo'],
          },
        },
      ],
      // Lists are read forwards only. The Relay specification leaves the choice.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      '@graphql-eslint/relay-edge-types': [
        'error',
        {
          withEdgeSuffix: true,
          // An id names a booking among bookings, or an offer among offers. There is no `node(id)` for which it would have to be
          // unique among all.
          shouldImplementNode: false,
          // Bounded lists, such as the legs of a booking, come whole; and `nodes` beside `edges` is for clients without Relay.
          listTypeCanWrapOnlyEdgeType: false,
        },
      ],
    },
  },
  {
    files: ['src/client/*.graphql'],
    extends: [graphql.configs['flat/operations-recommended']],
  },
);

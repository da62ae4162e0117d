import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: path('src/web'),
  // Relative: under which path it will be served is known to the server alone (PUBLIC_URL).
  base: './',
  build: {
    outDir: path('dist/web'),
    // The Content-Security-Policy lets no script through that is written into the HTML.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // GraphiQL is large, and loaded by those who open it.
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: [path('src/web/index.html'), path('src/web/graphiql.html')],
      // GraphiQL's packages say "use client", for React servers: there is none.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  // `vite` alone, for whoever works on the page, takes the API from a running `npm start`.
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:4000', ws: true } } },
  logLevel: 'warn',
});

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { BASE_PATH, socketUrl } from './base-path.js';
import { EXAMPLES } from './graphiql-examples.js';

const container = document.getElementById('graphiql');
if (!container) throw new Error('graphiql.html has no #graphiql element');

const fetcher = createGraphiQLFetcher({ url: `${BASE_PATH}/graphql`, subscriptionUrl: socketUrl() });
createRoot(container).render(createElement(GraphiQL, { fetcher, defaultTabs: EXAMPLES }));

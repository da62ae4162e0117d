import { render } from 'preact';
import { App } from './app.js';
import { CrashGuard } from './crash-page.js';
import { session } from './net/ask.js';
import { reloadAfterDeploy } from './reload-after-deploy.js';

const container = document.getElementById('app');
if (!container) throw new Error('index.html has no #app element');
reloadAfterDeploy();
void session.start();
container.replaceChildren();
render(
  <CrashGuard>
    <App />
  </CrashGuard>,
  container,
);

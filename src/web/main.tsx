import { render } from 'preact';
import { App } from './app.js';

const container = document.getElementById('app');
if (!container) throw new Error('index.html has no #app element');
container.replaceChildren();
render(<App />, container);

import { render } from 'preact';
import { App } from './app.js';

const container = document.getElementById('app');
if (!container) throw new Error('index.html has no place for the page');
container.replaceChildren();
render(<App />, container);
